using System.Globalization;
using Terse.Clicks;
using Terse.Codes;

namespace Terse.Admin.Statistics;

/// <summary>Reads what a page of statistics shows: counts over time, against the span before, and per value of each dimension.</summary>
internal sealed class ClickReport(IClickStore store, TimeProvider time)
{
    public const int BarsPerDimension = 8;

    public async Task<ClickStory> ReadAsync(ClickView view, ShortCode? code, CancellationToken cancellationToken)
    {
        var span = view.SpanAt(time.GetUtcNow());
        var query = new ClickQuery(code, span.From, span.To) { Filters = view.Filters };
        var points = store.ReadSeriesAsync(query, span.Unit, cancellationToken).AsTask();
        var before = store.ReadSeriesAsync(query with { From = span.From - (span.To - span.From), To = span.From }, span.Unit, cancellationToken).AsTask();
        await Task.WhenAll(points, before);
        return new(span, Fill(span, await points), (await before).Aggregate(default(ClickCounts), (sum, point) => sum + point.Counts));
    }

    /// <summary>The values of one dimension. What is filtered by this very dimension is shown with its neighbours, so that the filter can be moved.</summary>
    public async Task<IReadOnlyList<ClickGroup>> ReadTopAsync(ClickView view, ShortCode? code, ClickDimension dimension, int limit, CancellationToken cancellationToken)
    {
        var span = view.SpanAt(time.GetUtcNow());
        return await store.ReadTopAsync(
            new ClickQuery(code, span.From, span.To) { Filters = [.. view.Filters.Where(filter => filter.Dimension != dimension)] }, dimension, limit, cancellationToken);
    }

    /// <summary>Clicks of the last 14 days, day by day.</summary>
    public async Task<long[]> ReadSparkAsync(ShortCode code, CancellationToken cancellationToken)
    {
        const int days = 14;
        var tomorrow = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        var from = tomorrow.AddDays(-days);
        var counts = new long[days];
        foreach (var point in await store.ReadSeriesAsync(new ClickQuery(code, from, tomorrow), ClickUnit.Day, cancellationToken))
            counts[Math.Clamp((int)(point.At - from).TotalDays, 0, days - 1)] += point.Counts.Clicks;
        return counts;
    }

    private static List<ClickPoint> Fill(ClickSpan span, IReadOnlyList<ClickPoint> points)
    {
        var step = TimeSpan.FromMinutes((int)span.Unit);
        var known = points.ToDictionary(point => point.At, point => point.Counts);
        var filled = new List<ClickPoint>();
        for (var at = span.From; at < span.To; at += step) filled.Add(new(at, known.GetValueOrDefault(at)));
        return filled;
    }
}

/// <param name="Before">What the span of the same length before it counted.</param>
internal sealed record ClickStory(ClickSpan Span, IReadOnlyList<ClickPoint> Points, ClickCounts Before)
{
    public ClickCounts Total { get; } = Points.Aggregate(default(ClickCounts), (sum, point) => sum + point.Counts);

    /// <summary>As the chart's script reads it: seconds, people, bots, visitors.</summary>
    public string Json => System.Text.Json.JsonSerializer.Serialize(new[]
    {
        Points.Select(point => point.At.ToUnixTimeSeconds()), Points.Select(point => point.Counts.Humans),
        Points.Select(point => point.Counts.Clicks - point.Counts.Humans), Points.Select(point => point.Counts.Visitors),
    });
}

internal readonly record struct ClickSpan(DateTimeOffset From, DateTimeOffset To, ClickUnit Unit);

/// <summary>What the address of a page of statistics asks for: a span (a name, or a zoom from one instant to another) and filters.</summary>
internal sealed record ClickView(string Range, DateTimeOffset? From, DateTimeOffset? To, IReadOnlyList<ClickFilter> Filters)
{
    public static readonly IReadOnlyList<(string Name, string Words, int Hours)> Ranges =
        [("24h", "24 hours", 24), ("7d", "7 days", 24 * 7), ("30d", "30 days", 24 * 30), ("90d", "90 days", 24 * 90), ("1y", "Year", 24 * 365)];

    private const string Usual = "30d";

    public static ClickView Read(HttpRequest request)
    {
        var query = request.Query;
        var range = Ranges.Any(known => known.Name == query["range"]) ? query["range"].ToString() : Usual;
        var filters = query["f"].Select(text => text!.Split(':', 2)).Where(parts => parts.Length == 2 && Enum.TryParse<ClickDimension>(parts[0], ignoreCase: true, out var dimension) && Enum.IsDefined(dimension))
            .Select(parts => new ClickFilter(Enum.Parse<ClickDimension>(parts[0], ignoreCase: true), parts[1])).DistinctBy(filter => filter.Dimension).ToList();
        var (from, to) = (Instant(query["from"]), Instant(query["to"]));
        return from < to ? new(range, from, to, filters) : new(range, null, null, filters);
    }

    /// <summary>Whole units that hold the span, so that a bar of the chart is never cut.</summary>
    public ClickSpan SpanAt(DateTimeOffset now)
    {
        var hours = Ranges.First(range => range.Name == Range).Hours;
        var (from, to) = (From ?? now.AddHours(-hours), To ?? now);
        var unit = (to - from).TotalHours switch { <= 6 => ClickUnit.Minute, <= 24 * 8 => ClickUnit.Hour, _ => ClickUnit.Day };
        var step = TimeSpan.FromMinutes((int)unit).Ticks;
        long Down(DateTimeOffset at) => at.UtcTicks / step * step;
        return new(new(Down(from) + (From is null ? step : 0), TimeSpan.Zero), new(Down(to.AddTicks(step - 1)), TimeSpan.Zero), unit);
    }

    /// <summary>The query of the same page with another range; it ends a zoom.</summary>
    public string WithRange(string range) => Query(range, null, null, Filters);

    /// <summary>The query of the same page with the filter put in, or taken out when it is in already.</summary>
    public string Toggle(ClickDimension dimension, string value)
    {
        var filter = new ClickFilter(dimension, value);
        var others = Filters.Where(other => other.Dimension != dimension);
        return Query(Range, From, To, [.. Filters.Contains(filter) ? others : others.Append(filter)]);
    }

    public bool Has(ClickDimension dimension, string value) => Filters.Contains(new ClickFilter(dimension, value));

    private static string Query(string range, DateTimeOffset? from, DateTimeOffset? to, IReadOnlyList<ClickFilter> filters)
    {
        var parts = new List<string> { $"range={range}" };
        if (from is not null) parts.Add(string.Create(CultureInfo.InvariantCulture, $"from={from.Value.ToUnixTimeSeconds()}&to={to!.Value.ToUnixTimeSeconds()}"));
        parts.AddRange(filters.Select(filter => $"f={Uri.EscapeDataString($"{filter.Dimension}:{filter.Value}".ToLowerInvariantName())}"));
        return "?" + string.Join('&', parts);
    }

    private static DateTimeOffset? Instant(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds / 60 * 60) : null;
}

internal static class ClickViewText
{
    /// <summary><c>Country:US</c> as <c>country:US</c>.</summary>
    public static string ToLowerInvariantName(this string filter) => char.ToLowerInvariant(filter[0]) + filter[1..];

    public static string Name(this ClickDimension dimension, string value) => value.Length > 0 ? value : dimension switch
    {
        ClickDimension.Referrer => "Direct",
        ClickDimension.Campaign or ClickDimension.Source or ClickDimension.Medium => "None",
        _ => "Unknown",
    };
}
