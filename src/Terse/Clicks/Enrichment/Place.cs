namespace Terse.Clicks.Enrichment;

/// <summary>Where an address is: ISO 3166-1 code in upper case and English city name, each <c>""</c> when unknown.</summary>
internal readonly record struct Place(string Country, string City)
{
    public static readonly Place Unknown = new("", "");
}
