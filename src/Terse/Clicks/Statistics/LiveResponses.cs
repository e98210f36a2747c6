using Terse.Hosting;

namespace Terse.Clicks.Statistics;

/// <summary>A visit as the event <c>click</c> of a live stream tells it. A text is empty where nothing is known, and all are for a visitor who asked for privacy.</summary>
public sealed record LiveClick
{
    /// <summary>When it was answered.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>clicks, ended or notFound.</summary>
    public required string Kind { get; init; }

    /// <summary>The link, or null when there is none.</summary>
    public required string? Code { get; init; }

    /// <summary>Whether a bot made it.</summary>
    public required bool Bot { get; init; }

    /// <summary>The host of the page that led here.</summary>
    public required string Referrer { get; init; }

    /// <summary>ISO 3166-1, two letters.</summary>
    public required string Country { get; init; }

    /// <summary>The city, where the database of places has cities.</summary>
    public required string City { get; init; }

    /// <summary>The browser's name.</summary>
    public required string Browser { get; init; }

    /// <summary>The operating system's name.</summary>
    public required string System { get; init; }

    /// <summary>desktop, mobile, tablet, tv, console or wearable.</summary>
    public required string Device { get; init; }

    /// <summary>The primary language.</summary>
    public required string Language { get; init; }

    /// <summary>utm_source.</summary>
    public required string Source { get; init; }

    /// <summary>utm_medium.</summary>
    public required string Medium { get; init; }

    /// <summary>utm_campaign.</summary>
    public required string Campaign { get; init; }

    internal static LiveClick From(EnrichedClick click) => new()
    {
        At = click.At.ToMillisecond(),
        Kind = ClickNames.Of(click.Kind),
        Code = click.Code?.Value,
        Bot = click.IsBot,
        Referrer = click.Referrer,
        Country = click.Country,
        City = click.City,
        Browser = click.Browser,
        System = click.System,
        Device = click.Device,
        Language = click.Language,
        Source = click.Source,
        Medium = click.Medium,
        Campaign = click.Campaign,
    };
}

/// <summary>The event <c>heartbeat</c> of a live stream: at its start and every 15 seconds.</summary>
/// <param name="At">Now.</param>
/// <param name="Dropped">Clicks that this stream left out so far because its reader was too slow. Statistics have them.</param>
public sealed record LiveHeartbeat(DateTimeOffset At, long Dropped);
