using Terse.Codes;

namespace Terse.Clicks;

/// <summary>Which visits to count.</summary>
/// <param name="Code">The link, or null for all.</param>
/// <param name="From">The first instant, a whole minute.</param>
/// <param name="To">The end, a whole minute, not counted.</param>
/// <param name="Kind">The series: clicks, 404s, or visits to ended links.</param>
internal sealed record ClickQuery(ShortCode? Code, DateTimeOffset From, DateTimeOffset To, ClickKind Kind = ClickKind.Redirected)
{
    /// <summary>All must hold. At most one per dimension.</summary>
    public IReadOnlyList<ClickFilter> Filters { get; init; } = [];
}

/// <param name="Value">The exact text, <c>""</c> for what is not known.</param>
internal readonly record struct ClickFilter(ClickDimension Dimension, string Value);

/// <summary>What points of a series lie apart, in UTC.</summary>
internal enum ClickUnit
{
    Minute = 1,
    Hour = 60,
    Day = 1440,
}

/// <param name="Clicks">All visits.</param>
/// <param name="Humans">Those not made by bots.</param>
/// <param name="Visitors">Those that were a visitor's first of the (UTC) day: on the link, or on any link where all links are counted together.</param>
internal readonly record struct ClickCounts(long Clicks, long Humans, long Visitors)
{
    public static ClickCounts operator +(ClickCounts a, ClickCounts b) => new(a.Clicks + b.Clicks, a.Humans + b.Humans, a.Visitors + b.Visitors);
}

internal readonly record struct ClickPoint(DateTimeOffset At, ClickCounts Counts);

internal readonly record struct ClickGroup(string Value, ClickCounts Counts);

/// <summary>How long visits are told apart, counted back from now. See <see cref="IClickStore.RollUpAsync"/>.</summary>
/// <param name="MinutesUntil">Visits before it are folded to hours.</param>
/// <param name="HoursUntil">Visits before it are folded to days.</param>
/// <param name="DaysUntil">Visits before it are forgotten.</param>
internal readonly record struct ClickRetention(DateTimeOffset MinutesUntil, DateTimeOffset HoursUntil, DateTimeOffset DaysUntil);
