using Terse.Codes;

namespace Terse.Clicks.Statistics;

/// <summary>What statistics are asked for, checked.</summary>
/// <param name="Code">The link, or null for all.</param>
/// <param name="Spans">The span of time, in whole units.</param>
internal sealed record StatisticsQuery(ShortCode? Code, TimeSpans Spans)
{
    public ClickKind Kind { get; init; } = ClickKind.Redirected;

    public IReadOnlyList<ClickFilter> Filters { get; init; } = [];

    /// <summary>The dimensions whose top values are asked for.</summary>
    public IReadOnlyList<ClickDimension> GroupBy { get; init; } = [];

    /// <summary>Values per dimension.</summary>
    public int Limit { get; init; } = 10;
}
