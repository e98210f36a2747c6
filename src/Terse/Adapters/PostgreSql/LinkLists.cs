using Terse.Links;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// Pages of links: ranges of ids from the cursor on, so page 10,000 costs what page 1 does. A filtered page is looked for in two steps, because no plan
/// is right for both common and rare words, and the planner cannot know which a search is.
/// 1. Walk the next <see cref="Near"/> links in order: whatever is common fills the page there.
/// 2. Else it is rare: take all that the indexes have, and sort that.
/// </summary>
internal static class LinkLists
{
    private const int Near = 30_000;
    private const string Owner = "owner COLLATE \"C\"";

    public static async ValueTask<LinkPage> ReadAsync(PostgreSqlDatabase database, LinkQuery query, CancellationToken cancellationToken)
    {
        var from = RowCursor.From(query.Cursor, query.OldestFirst);
        var (past, order, near) = query.OldestFirst
            ? (">", "ASC", $"id <= greatest($1, (SELECT min(id) FROM links)) + {Near}")
            : ("<", "DESC", $"id >= least($1, (SELECT max(id) + 1 FROM links)) - {Near}");
        var (filters, values) = (new List<string>(), new List<object>());
        if (LinkWords.Match(query.Search) is { } words) filters.Add($"words @@ {Next(words)}::text::tsquery");
        if (query.Tag is { } tag) filters.Add($"tags @> ARRAY[{Next(tag)}]");
        if (filters.Count == 0) return await PageAsync(query.Owner is { } of ? OfOwner(of) : $"SELECT {LinkRow.Columns}, id FROM links WHERE id {past} $1 ORDER BY id {order} LIMIT $2");
        if (query.Owner is { } owner) filters.Add($"{Owner} = {Next(owner)}");
        var filter = string.Join(" AND ", filters);

        // 1. Near
        var page = await PageAsync($"SELECT {LinkRow.Columns}, id FROM links WHERE id {past} $1 AND {near} AND {filter} ORDER BY id {order} LIMIT $2");
        if (page.Next is not null) return page;

        // 2. Rare
        return await PageAsync(
            $"""
            WITH found AS MATERIALIZED (SELECT id FROM links WHERE {filter} AND id {past} $1),
                 page AS MATERIALIZED (SELECT id FROM found ORDER BY id {order} LIMIT $2)
            SELECT {LinkRow.Columns}, id FROM page JOIN links USING (id) ORDER BY id {order}
            """);

        string Next(object value)
        {
            values.Add(value);
            return $"${values.Count + 2}";
        }

        // Compared as a row, the order can only come from the index of owners. With "owner =" the planner may walk everybody's links in search of one owner's.
        string OfOwner(string owner)
        {
            var (whose, within, last) = (Next(owner), query.OldestFirst ? "<=" : ">=", query.OldestFirst ? long.MaxValue : 0);
            return $"""
                SELECT {LinkRow.Columns}, id FROM links
                WHERE ({Owner}, id) {past} ({whose}, $1) AND ({Owner}, id) {within} ({whose}, {last})
                ORDER BY {Owner} {order}, id {order} LIMIT $2
                """;
        }

        async ValueTask<LinkPage> PageAsync(string sql) =>
            LinkPage.Of(await database.QueryAsync(sql, LinkRow.ReadWithId, cancellationToken, [from, query.Limit + 1L, .. values]), query.Limit);
    }
}
