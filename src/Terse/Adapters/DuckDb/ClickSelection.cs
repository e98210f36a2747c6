using System.Globalization;
using DuckDB.NET.Data;
using Terse.Clicks;

namespace Terse.Adapters.DuckDb;

/// <summary>
/// What a query comes to in SQL: the table that answers it cheapest, and its conditions. Totals answer a question about one dimension over whole hours;
/// the visits themselves answer all others. Everything that stands in the text is a number or a name of ours.
/// </summary>
internal sealed class ClickSelection
{
    private readonly List<string> _conditions;

    private ClickSelection(string table, string visitors, List<string> conditions) => (Table, Visitors, _conditions) = (table, visitors, conditions);

    public string Table { get; }

    /// <summary>The column that counts visitors.</summary>
    public string Visitors { get; }

    public bool IsTotals => Table == "totals";

    public string Where => string.Join(" AND ", _conditions);

    /// <summary>The WITH clause that puts the tables of a kind together.</summary>
    public string With => IsTotals
        ? "WITH totals AS (SELECT * FROM main.totals UNION ALL SELECT * FROM totals_fresh)"
        : "WITH visits AS (SELECT * FROM minutes UNION ALL SELECT * FROM hours UNION ALL SELECT * FROM days)";

    /// <summary>The selection, or null when nothing can match: a link or a value that was never met.</summary>
    /// <param name="groupBy">The dimension to group by, or null for a series.</param>
    /// <param name="wholeHours">Whether the answer needs nothing finer than hours.</param>
    public static ClickSelection? Of(DuckDBConnection connection, ClickWords words, ClickQuery query, ClickDimension? groupBy, bool wholeHours)
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

        var (from, to) = (query.From.ToUnixTimeSeconds() / 60, query.To.ToUnixTimeSeconds() / 60);
        List<string> conditions = [.. Conditions(from, to, query.Kind)];
        var asked = filters.Select(static filter => filter.Dimension).Append(groupBy ?? default).Where(static dimension => dimension != default).Distinct().ToList();
        var ofLink = asked.Contains(ClickDimension.Link);
        if (wholeHours && from % 60 == 0 && to % 60 == 0 && asked.Count <= 1)
        {
            conditions.Add(string.Create(CultureInfo.InvariantCulture, $"dimension = {(byte)asked.FirstOrDefault()}"));
            conditions.AddRange(filters.Select(static filter => string.Create(CultureInfo.InvariantCulture, $"value = {filter.Value}")));
            return new ClickSelection("totals", "visitors", conditions);
        }

        conditions.AddRange(filters.Select(static filter => string.Create(CultureInfo.InvariantCulture, $"{DuckDbSchema.Column(filter.Dimension)} = {filter.Value}")));
        return new ClickSelection("visits", ofLink ? "link_visitors" : "site_visitors", conditions);
    }

    private static IEnumerable<string> Conditions(long from, long to, ClickKind kind)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"minute >= {Math.Max(0, from)} AND minute < {Math.Max(0, to)}");
        yield return string.Create(CultureInfo.InvariantCulture, $"kind = {(byte)kind}");
    }

    private static uint? Find(DuckDBConnection connection, ClickWords words, ClickFilter filter)
    {
        if (filter.Dimension == ClickDimension.Link) return filter.Value == "" ? 0 : LinkIds.Find(connection, filter.Value);
        return words.TryGet(filter.Dimension, filter.Value, out var id) ? id : null;
    }
}
