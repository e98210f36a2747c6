using System.Globalization;
using DuckDB.NET.Data;
using Terse.Clicks;

namespace Terse.Adapters.DuckDb;

/// <summary>
/// What a query comes to in SQL: rows of <c>id, clicks, humans, visitors</c> from the tables that answer it cheapest, each of them summed by itself.
/// Totals answer questions about one dimension over whole hours, pairs those about two, and the visits themselves all others. Where nothing finer than
/// days is asked, the whole days come from the tables by the day, and only what is left at both ends from the others.
/// Everything that stands in the text is a number or a name of ours.
/// </summary>
internal static class ClickSelection
{
    private const long MinutesPerDay = 1440;

    /// <summary>The rows, or null when nothing can match: a link or a value that was never met, or no time.</summary>
    /// <param name="groupBy">The dimension whose values become <c>id</c>; null for a series: the first minutes of its units become it.</param>
    /// <param name="unit">What the answer tells apart.</param>
    public static string? Of(DuckDBConnection connection, ClickWords words, ClickQuery query, ClickDimension? groupBy, ClickUnit unit)
    {
        var filters = new List<(ClickDimension Dimension, uint Value)>();
        if (query.Code is { } code)
        {
            if (LinkIds.Find(connection, code.Value) is not { } link) return null;
            filters.Add((ClickDimension.Link, link));
        }
        foreach (var filter in query.Filters)
        {
            if (Find(connection, words, filter) is not { } value) return null;
            filters.Add((filter.Dimension, value));
        }

        var span = new Span(Math.Max(0, query.From.ToUnixTimeSeconds() / 60), Math.Max(0, query.To.ToUnixTimeSeconds() / 60));
        if (span.IsEmpty) return null;
        var days = unit == ClickUnit.Day ? span.WholeDays : new Span(span.From, span.From);
        List<Span> ends = [new(span.From, days.From), new(days.To, span.To)];
        var dimensions = filters.Select(static filter => filter.Dimension).Append(groupBy ?? default).Where(static dimension => dimension != default).Distinct().Order().ToList();
        var isWholeHours = unit >= ClickUnit.Hour && span.From % 60 == 0 && span.To % 60 == 0;

        IEnumerable<string> parts = dimensions switch
        {
            [] or [_] when isWholeHours => Totals(dimensions.FirstOrDefault(), filters, groupBy, days, ends, span),
            [not ClickDimension.Link, _] when unit == ClickUnit.Day => Pairs(dimensions[0], dimensions[1], filters, groupBy, days, ends, span),
            _ => Visits(["minutes", "hours", "days"], filters, groupBy, span),
        };
        var id = groupBy is null ? $"minute - minute % {(int)unit}" : "id";
        return string.Join(" UNION ALL ", parts.Select(part =>
            $"SELECT {id} AS id, sum(clicks)::BIGINT AS clicks, sum(humans)::BIGINT AS humans, sum(visitors)::BIGINT AS visitors FROM ({part} AND kind = {(byte)query.Kind}) GROUP BY ALL"));
    }

    private static IEnumerable<string> Totals(
        ClickDimension dimension, List<(ClickDimension Dimension, uint Value)> filters, ClickDimension? groupBy, Span days, List<Span> ends, Span all)
    {
        (string Table, Span Span)[] parts = [("daily", days), ("totals", ends[0]), ("totals", ends[1]), ("totals_fresh", all)];
        return parts.Where(static part => !part.Span.IsEmpty).Select(part => Rows(
            part.Table, groupBy is null ? "0" : "value", "visitors", part.Span,
            filters.Select(static filter => ("value", filter.Value)).Append(("dimension", (uint)dimension))));
    }

    private static IEnumerable<string> Pairs(
        ClickDimension lower, ClickDimension higher, List<(ClickDimension Dimension, uint Value)> filters, ClickDimension? groupBy, Span days, List<Span> ends, Span all)
    {
        string Column(ClickDimension dimension) => dimension == lower ? "value" : "other_value";
        if (!days.IsEmpty)
        {
            yield return Rows("pairs", groupBy is { } grouped ? Column(grouped) : "0", "visitors", days,
                [.. filters.Select(filter => (Column(filter.Dimension), filter.Value)), ("dimension", (uint)lower), ("other_dimension", (uint)higher)]);
        }
        foreach (var part in Visits(["minutes"], filters, groupBy, all)) yield return part;
        foreach (var end in ends)
            foreach (var part in end.IsEmpty ? [] : Visits(["hours", "days"], filters, groupBy, end)) yield return part;
    }

    private static IEnumerable<string> Visits(string[] tables, List<(ClickDimension Dimension, uint Value)> filters, ClickDimension? groupBy, Span span)
    {
        var ofLink = groupBy == ClickDimension.Link || filters.Exists(static filter => filter.Dimension == ClickDimension.Link);
        return tables.Select(table => Rows(
            table, groupBy is { } dimension ? DuckDbSchema.Column(dimension) : "0", ofLink ? "link_visitors" : "site_visitors", span,
            filters.Select(static filter => (DuckDbSchema.Column(filter.Dimension), filter.Value))));
    }

    private static string Rows(string table, string id, string visitors, Span span, IEnumerable<(string Column, uint Value)> conditions) => string.Create(
        CultureInfo.InvariantCulture,
        $"SELECT minute, {id}::UINTEGER AS id, clicks, humans, {visitors} AS visitors FROM {table} WHERE minute >= {span.From} AND minute < {span.To}{string.Concat(conditions.Select(static condition => string.Create(CultureInfo.InvariantCulture, $" AND {condition.Column} = {condition.Value}")))}");

    private static uint? Find(DuckDBConnection connection, ClickWords words, ClickFilter filter)
    {
        if (filter.Dimension == ClickDimension.Link) return filter.Value == "" ? 0 : LinkIds.Find(connection, filter.Value);
        return words.TryGet(filter.Dimension, filter.Value, out var id) ? id : null;
    }

    /// <summary>Minutes since 1970, the end not among them.</summary>
    private readonly record struct Span(long From, long To)
    {
        public bool IsEmpty => From >= To;

        public Span WholeDays
        {
            get
            {
                var (first, end) = ((From + MinutesPerDay - 1) / MinutesPerDay * MinutesPerDay, To / MinutesPerDay * MinutesPerDay);
                return first < end ? new Span(first, end) : new Span(From, From);
            }
        }
    }
}
