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

    public static async ValueTask<LinkPage> ReadAsync(PostgreSqlDatabase database, LinkQuery query, CancellationToken cancellationToken)
    {
        var from = query.Cursor is { } cursor ? RowCursor.Read(cursor) : query.OldestFirst ? 0 : long.MaxValue;
        var (past, order, near) = query.OldestFirst
            ? (">", "ASC", $"id <= greatest($1, (SELECT min(id) FROM links)) + {Near}")
            : ("<", "DESC", $"id >= least($1, (SELECT max(id) + 1 FROM links)) - {Near}");
        var match = LinkWords.Match(query.Search);
        var (filter, values) = (match, query.Tag) switch
        {
            (null, null) => ("", Array.Empty<object>()),
            (null, { } tag) => ("tags @> ARRAY[$3]", [tag]),
            ({ } words, null) => ("words @@ $3::text::tsquery", [words]),
            _ => ("words @@ $3::text::tsquery AND tags @> ARRAY[$4]", [match!, query.Tag!]),
        };
        if (filter.Length == 0) return await PageAsync($"SELECT {LinkRow.Columns}, id FROM links WHERE id {past} $1 ORDER BY id {order} LIMIT $2");

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

        async ValueTask<LinkPage> PageAsync(string sql)
        {
            // One more than asked for tells whether there is a next page.
            var rows = await database.QueryAsync(
                sql, static row => (Link: LinkRow.Read(row), Id: row.GetInt64(LinkRow.Count)), cancellationToken, [from, query.Limit + 1L, .. values]);
            var more = rows.Count > query.Limit;
            if (more) rows.RemoveAt(rows.Count - 1);
            return new LinkPage([.. rows.Select(static row => row.Link)], more ? RowCursor.Write(rows[^1].Id) : null);
        }
    }
}
