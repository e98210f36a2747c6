namespace Terse.Clicks.Statistics;

/// <summary>Statistics of one link or of all.</summary>
public sealed record StatisticsResponse
{
    /// <summary>The link, or null for all.</summary>
    public required string? Code { get; init; }

    /// <summary>The start, of a whole unit.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The end, of a whole unit, not counted itself.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The time zone that days, weeks and months start in.</summary>
    public required string TimeZone { get; init; }

    /// <summary>What the points of the series lie apart: minute, hour, day, week or month.</summary>
    public required string Unit { get; init; }

    /// <summary>Which visits are counted: clicks, ended or notFound.</summary>
    public required string Kind { get; init; }

    /// <summary>The filters that held, as they were read.</summary>
    public required IReadOnlyList<string> Filters { get; init; }

    /// <summary>All of the span.</summary>
    public required StatisticsTotals Totals { get; init; }

    /// <summary>Every unit of the span, in order of time; those without visits are zero. Older visits are kept by the hour or the day only, and count at its start.</summary>
    public required IReadOnlyList<StatisticsPoint> Series { get; init; }

    /// <summary>For each dimension asked for, the values with the most clicks first.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<StatisticsGroup>> Groups { get; init; }
}

/// <summary>What visits add up to.</summary>
/// <param name="Clicks">All visits: humans and bots.</param>
/// <param name="Humans">Those not made by bots.</param>
/// <param name="Bots">Those made by bots, link previews among them.</param>
/// <param name="Visitors">Different people per UTC day: on the link, or on any link where all are counted together. Units add up to the total.</param>
public sealed record StatisticsTotals(long Clicks, long Humans, long Bots, long Visitors)
{
    internal static StatisticsTotals From(ClickCounts counts) => new(counts.Clicks, counts.Humans, counts.Clicks - counts.Humans, counts.Visitors);
}

/// <summary>One unit of time.</summary>
/// <param name="At">Its start, at the offset of the time zone.</param>
/// <param name="Clicks">All visits: humans and bots.</param>
/// <param name="Humans">Those not made by bots.</param>
/// <param name="Bots">Those made by bots.</param>
/// <param name="Visitors">People whose first visit of their UTC day was in it.</param>
public sealed record StatisticsPoint(DateTimeOffset At, long Clicks, long Humans, long Bots, long Visitors)
{
    internal static StatisticsPoint From(DateTimeOffset at, ClickCounts counts) => new(at, counts.Clicks, counts.Humans, counts.Clicks - counts.Humans, counts.Visitors);
}

/// <summary>One value of a dimension.</summary>
/// <param name="Value">The value; empty where it is not known.</param>
/// <param name="Clicks">All visits: humans and bots.</param>
/// <param name="Humans">Those not made by bots.</param>
/// <param name="Bots">Those made by bots.</param>
/// <param name="Visitors">People whose first visit of their UTC day had it.</param>
public sealed record StatisticsGroup(string Value, long Clicks, long Humans, long Bots, long Visitors)
{
    internal static StatisticsGroup From(ClickGroup group) =>
        new(group.Value, group.Counts.Clicks, group.Counts.Humans, group.Counts.Clicks - group.Counts.Humans, group.Counts.Visitors);
}
