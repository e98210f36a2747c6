using Terse.Links;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// Pages of links that redirect no more. Few are switched off or taken down, so those have indexes of their own, which cost the others nothing; expired ones come
/// from the index by end that sweeping needs, hence in that order.
/// </summary>
internal static class EndedLinks
{
    public static ValueTask<LinkPage> ReadAsync(PostgreSqlDatabase database, EndedQuery query, CancellationToken cancellationToken)
    {
        var (past, order) = query.OldestFirst ? (">", "ASC") : ("<", "DESC");
        return query.Reason switch
        {
            EndReason.TakenDown => ByRowAsync("taken_down IS NOT NULL"),
            EndReason.Disabled => ByRowAsync("disabled AND taken_down IS NULL"),
            _ => ByEndAsync(),
        };

        ValueTask<LinkPage> ByRowAsync(string condition)
        {
            var start = query.Cursor is { } cursor ? RowCursor.Read(cursor) : query.OldestFirst ? 0 : long.MaxValue;
            return PageAsync($"SELECT {LinkRow.Columns}, id FROM links WHERE {condition} AND id {past} $2 ORDER BY id {order} LIMIT $1", static (_, id) => RowCursor.Write(id), [start]);
        }

        ValueTask<LinkPage> ByEndAsync()
        {
            var (endsAt, id) = query.Cursor is { } cursor ? EndedCursor.Read(cursor) : EndedCursor.Start(query);
            return PageAsync(
                $"""
                SELECT {LinkRow.Columns}, id FROM links
                WHERE ends_at <= $2 AND (ends_at, id) {past} ($3, $4) AND NOT disabled AND taken_down IS NULL
                ORDER BY ends_at {order}, id {order} LIMIT $1
                """,
                static (link, id) => EndedCursor.Write(link.EndsAt, id),
                [query.Now, endsAt, id]);
        }

        async ValueTask<LinkPage> PageAsync(string sql, Func<Link, long, string> cursorOf, object[] values)
        {
            // One more than asked for tells whether there is a next page.
            var rows = await database.QueryAsync(sql, static row => (Link: LinkRow.Read(row), Id: row.GetInt64(LinkRow.Count)), cancellationToken, [query.Limit + 1L, .. values]);
            var more = rows.Count > query.Limit;
            if (more) rows.RemoveAt(rows.Count - 1);
            return new LinkPage([.. rows.Select(static row => row.Link)], more ? cursorOf(rows[^1].Link, rows[^1].Id) : null);
        }
    }
}
