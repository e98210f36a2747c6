using MaxMind.Db;

namespace Terse.Clicks.Enrichment;

/// <summary>
/// The two shapes that databases have: flat (<c>country_code</c>, <c>city</c> as text: ip-location-db, DB-IP lite by that project) and nested
/// (<c>country.iso_code</c>, <c>city.names.en</c>: MaxMind GeoLite2, DB-IP). A city of either shape is read by the type that the file has.
/// </summary>
internal sealed class GeoRecord
{
    [Constructor]
    public GeoRecord(
        [MapKey("country_code")] string? countryCode = null,
        [MapKey("country")] object? country = null,
        [MapKey("city")] object? city = null)
    {
        Country = countryCode ?? country switch
        {
            string code => code,
            IReadOnlyDictionary<string, object> nested when nested.TryGetValue("iso_code", out var code) => code as string,
            IDictionary<string, object> nested when nested.TryGetValue("iso_code", out var code) => code as string,
            _ => null,
        };
        City = city switch
        {
            string name => name,
            IDictionary<string, object> nested when nested.TryGetValue("names", out var names) && names is IDictionary<string, object> byLanguage
                && byLanguage.TryGetValue("en", out var name) => name as string,
            _ => null,
        };
    }

    public string? Country { get; }

    public string? City { get; }

    public Place ToPlace() => new(Country is { Length: 2 } ? Country.ToUpperInvariant() : "", City ?? "");
}
