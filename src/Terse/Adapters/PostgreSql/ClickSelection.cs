using Terse.Clicks;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// What a query comes to in SQL: the rows that answer it cheapest. Totals answer a question about one dimension over whole hours; the visits themselves
/// answer all others. Values are parameters; everything that stands in the text is a number or a name of ours.
/// </summary>
internal sealed class ClickSelection
{
    public const string Sums = "sum(clicks)::bigint, sum(humans)::bigint, sum(visitors)::bigint";

    private ClickSelection(string rows, object[] parameters) => (Rows, Parameters) = (rows, parameters);

    /// <summary>Rows of minute, value (of the dimension to group by), clicks, humans and visitors.</summary>
    public string Rows { get; }

    public object[] Parameters { get; }

    /// <param name="groupBy">The dimension to group by, or null for a series.</param>
    /// <param name="wholeHours">Whether the answer needs nothing finer than hours.</param>
    public static ClickSelection Of(ClickQuery query, ClickDimension? groupBy, bool wholeHours)
    {
        IEnumerable<ClickFilter> link = query.Code is { } code ? [new ClickFilter(ClickDimension.Link, code.Value)] : [];
        ClickFilter[] filters = [.. link, .. query.Filters];
        var asked = filters.Select(static filter => filter.Dimension).Append(groupBy ?? default).Where(static dimension => dimension != default).Distinct().ToArray();
        var (from, to) = (Minute(query.From), Minute(query.To));
        object[] parameters = [from, to, (short)query.Kind, .. filters.Select(static filter => filter.Value)];
        const string span = "minute >= $1 AND minute < $2 AND kind = $3";

        if (wholeHours && from % 60 == 0 && to % 60 == 0 && asked.Length <= 1)
        {
            var where = $"{span} AND dimension = {(int)asked.FirstOrDefault()}{string.Concat(filters.Select(static (_, index) => $" AND value = ${index + 4}"))}";
            return new ClickSelection(Union(["click_totals", "click_totals_fresh"], "minute, value, clicks, humans, visitors", where), parameters);
        }

        var visitors = asked.Contains(ClickDimension.Link) ? "link_visitors" : "site_visitors";
        var value = groupBy is { } dimension ? ClickSchema.Column(dimension) : "''";
        return new ClickSelection(
            Union(
                ["click_minutes", "click_hours", "click_days"],
                $"minute, {value} AS value, clicks, humans, {visitors} AS visitors",
                span + string.Concat(filters.Select(static (filter, index) => $" AND {ClickSchema.Column(filter.Dimension)} = ${index + 4}"))),
            parameters);
    }

    private static string Union(string[] tables, string columns, string where) =>
        string.Join(" UNION ALL ", tables.Select(table => $"SELECT {columns} FROM {table} WHERE {where}"));

    private static int Minute(DateTimeOffset instant) => (int)Math.Clamp(instant.ToUnixTimeSeconds() / 60, 0, int.MaxValue);
}
