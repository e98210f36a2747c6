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
            var start = RowCursor.From(query.Cursor, query.OldestFirst);
            return PageAsync($"SELECT {LinkRow.Columns}, id FROM links WHERE {condition} AND id {past} $2 ORDER BY id {order} LIMIT $1", null, [start]);
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

        async ValueTask<LinkPage> PageAsync(string sql, Func<Link, long, string>? cursorOf, object[] values) =>
            LinkPage.Of(await database.QueryAsync(sql, LinkRow.ReadWithId, cancellationToken, [query.Limit + 1L, .. values]), query.Limit, cursorOf);
    }
}
