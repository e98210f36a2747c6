using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace Terse.Clicks.Statistics;

/// <summary>What statistics are asked for. All are texts here, so that every wrong one is told at once.</summary>
public sealed record StatisticsParameters
{
    [Description("The start: an instant (2026-01-31T08:00:00Z; without an offset, local to timeZone), a date, or how long ago (7d, 12h). 30 days ago by default.")]
    [FromQuery(Name = "from")]
    public string? From { get; init; }

    [Description("The end, in the same forms. An instant is not counted itself, a date is counted whole. Now by default.")]
    [FromQuery(Name = "to")]
    public string? To { get; init; }

    [Description("What the points of the series lie apart: minute, hour, day, week or month. By default minute up to 6 hours, hour up to 8 days, otherwise day. The span is widened to whole units.")]
    [FromQuery(Name = "unit")]
    public string? Unit { get; init; }

    [Description("The IANA time zone that days, weeks and months start in, such as Europe/Zurich. UTC by default.")]
    [FromQuery(Name = "timeZone")]
    public string? TimeZone { get; init; }

    [Description("Which visits: clicks (led to the destination; the default), ended (the link had expired, was used up or switched off), or notFound (no such code; only over all links).")]
    [FromQuery(Name = "kind")]
    public string? Kind { get; init; }

    [Description("The dimensions to list the top values of, repeated or separated by commas: link, referrer, country, city, browser, system, device, language, source, medium, campaign.")]
    [FromQuery(Name = "groupBy")]
    public string[]? GroupBy { get; init; }

    [Description("A dimension and its value, such as country:DE; nothing after the colon means not known. Repeated, all must hold, at most one per dimension.")]
    [FromQuery(Name = "filter")]
    public string[]? Filter { get; init; }

    [Description("Values per dimension, 1 to 1,000; 10 by default.")]
    [FromQuery(Name = "limit")]
    public string? Limit { get; init; }

    [Description("json or csv; otherwise the Accept header decides. CSV has the groups where groupBy is given, otherwise the series.")]
    [FromQuery(Name = "format")]
    public string? Format { get; init; }
}
