using Terse.Codes;

namespace Terse.Clicks;

/// <summary>
/// A visit as statistics know it: no address, no user agent, nothing that leads back to a person. A text is <c>""</c> where nothing is known, and all of
/// them are for a visitor who asked for privacy.
/// </summary>
internal sealed record EnrichedClick
{
    /// <summary>See <see cref="ClickRecord"/>.</summary>
    public required long Position { get; init; }

    public required DateTimeOffset At { get; init; }

    public required ClickKind Kind { get; init; }

    /// <summary>The link, or null for <see cref="ClickKind.NotFound"/>: codes that visitors make up are not kept.</summary>
    public required ShortCode? Code { get; init; }

    public bool IsBot { get; init; }

    /// <summary>The visitor of this day, salted and hashed; null for bots, for visitors who asked for privacy, and where no address is known.</summary>
    public ulong? Visitor { get; init; }

    public string Referrer { get; init; } = "";

    /// <summary>ISO 3166-1, two letters, upper case.</summary>
    public string Country { get; init; } = "";

    public string City { get; init; } = "";

    public string Browser { get; init; } = "";

    public string System { get; init; } = "";

    /// <summary>desktop, mobile, tablet, tv, console or wearable.</summary>
    public string Device { get; init; } = "";

    /// <summary>The primary language tag, lower case.</summary>
    public string Language { get; init; } = "";

    public string Source { get; init; } = "";

    public string Medium { get; init; } = "";

    public string Campaign { get; init; } = "";

    /// <summary>The text of a dimension; <c>""</c> for <see cref="ClickDimension.Link"/> of a visit that has none.</summary>
    public string this[ClickDimension dimension] => dimension switch
    {
        ClickDimension.Link => Code?.Value ?? "",
        ClickDimension.Referrer => Referrer,
        ClickDimension.Country => Country,
        ClickDimension.City => City,
        ClickDimension.Browser => Browser,
        ClickDimension.System => System,
        ClickDimension.Device => Device,
        ClickDimension.Language => Language,
        ClickDimension.Source => Source,
        ClickDimension.Medium => Medium,
        ClickDimension.Campaign => Campaign,
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };
}

/// <summary>What visits are grouped and filtered by. The numbers are stored.</summary>
internal enum ClickDimension : byte
{
    Link = 1,
    Referrer = 2,
    Country = 3,
    City = 4,
    Browser = 5,
    System = 6,
    Device = 7,
    Language = 8,

    /// <summary><c>utm_source</c>.</summary>
    Source = 9,

    /// <summary><c>utm_medium</c>.</summary>
    Medium = 10,

    /// <summary><c>utm_campaign</c>.</summary>
    Campaign = 11,
}
