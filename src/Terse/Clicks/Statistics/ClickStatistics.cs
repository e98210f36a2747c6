using Terse.Codes;

namespace Terse.Clicks.Statistics;

/// <summary>Answers what the API and the dashboard ask about clicks.</summary>
internal sealed class ClickStatistics(IClickStore store)
{
    /// <summary>How often each link was followed, as far back as clicks are kept, bots included; 0 for links that never were.</summary>
    public async ValueTask<IReadOnlyDictionary<ShortCode, long>> CountAsync(IReadOnlyCollection<ShortCode> codes, CancellationToken cancellationToken)
    {
        var totals = await store.ReadTotalsAsync(codes, cancellationToken);
        return codes.ToDictionary(static code => code, code => totals.GetValueOrDefault(code).Clicks);
    }

    public async Task<StatisticsResponse> ReadAsync(StatisticsQuery asked, CancellationToken cancellationToken)
    {
        var (spans, groups) = (asked.Spans, new Dictionary<string, IReadOnlyList<StatisticsGroup>>(asked.GroupBy.Count));
        var query = new ClickQuery(asked.Code, spans.From, spans.End, asked.Kind) { Filters = asked.Filters };
        var counts = spans.Fill(await store.ReadSeriesAsync(query, spans.StoreUnit, cancellationToken));
        foreach (var dimension in asked.GroupBy)
        {
            var top = await store.ReadTopAsync(query, dimension, asked.Limit, cancellationToken);
            groups[ClickNames.Of(dimension)] = [.. top.Select(static group => StatisticsGroup.From(group))];
        }

        var total = counts.Aggregate(default(ClickCounts), static (sum, counts) => sum + counts);
        return new StatisticsResponse
        {
            Code = asked.Code?.Value,
            From = spans.From,
            To = spans.End,
            TimeZone = spans.Zone.Id,
            Unit = ClickNames.Of(spans.Unit),
            Kind = ClickNames.Of(asked.Kind),
            Filters = [.. asked.Filters.Select(static filter => $"{ClickNames.Of(filter.Dimension)}:{filter.Value}")],
            Totals = StatisticsTotals.From(total),
            Series = [.. counts.Select((count, unit) => StatisticsPoint.From(spans.Starts[unit], count))],
            Groups = groups,
        };
    }
}
