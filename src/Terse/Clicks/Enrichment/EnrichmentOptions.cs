namespace Terse.Clicks.Enrichment;

/// <summary>What the worker looks up for a click.</summary>
internal sealed class EnrichmentOptions
{
    public const string Section = "Terse:Clicks:Enrichment";

    /// <summary>
    /// A file in the MaxMind DB format (<c>.mmdb</c>) that tells countries, and cities if it has them, by address. Empty: countries stay unknown.
    /// A file put in its place is taken up within a minute, without a restart. docs/country-data.md lists free ones and their licences.
    /// </summary>
    public string GeoDatabase { get; set; } = "";
}
