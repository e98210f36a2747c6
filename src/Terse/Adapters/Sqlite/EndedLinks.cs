using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>
/// Pages of links that redirect no more. Few are switched off or taken down, so those have indexes of their own, which cost the others nothing; expired ones come
/// from the index by end that sweeping needs, hence in that order.
/// </summary>
internal static class EndedLinks
{
    public static LinkPage Read(SqliteSession session, EndedQuery query)
    {
        var (past, order) = query.OldestFirst ? (">", "ASC") : ("<", "DESC");
        return query.Reason switch
        {
            EndReason.TakenDown => ByRow("links l INDEXED BY links_taken_down", "l.taken_down IS NOT NULL"),
            EndReason.Disabled => ByRow("links l INDEXED BY links_disabled", "l.disabled = 1 AND l.taken_down IS NULL"),
            _ => ByEnd(),
        };

        LinkPage ByRow(string from, string condition)
        {
            var start = RowCursor.From(query.Cursor, query.OldestFirst);
            return Page(session.Prepare($"SELECT {LinkLists.Columns} FROM {from} WHERE {condition} AND l.id {past} ?2 ORDER BY l.id {order} LIMIT ?1").Bind(query.Limit + 1L).Bind(start));
        }

        LinkPage ByEnd()
        {
            var (endsAt, id) = query.Cursor is { } cursor ? EndedCursor.Read(cursor) : EndedCursor.Start(query);
            return Page(
                session.Prepare($"""
                    SELECT {LinkLists.Columns} FROM links l INDEXED BY links_ends_at
                    WHERE l.ends_at <= ?2 AND (l.ends_at, l.id) {past} (?3, ?4) AND l.disabled = 0 AND l.taken_down IS NULL
                    ORDER BY l.ends_at {order}, l.id {order} LIMIT ?1
                    """).Bind(query.Limit + 1L).Bind(query.Now).Bind(endsAt).Bind(id),
                static (link, id) => EndedCursor.Write(link.EndsAt, id));
        }

        LinkPage Page(SqliteStatement statement, Func<Link, long, string>? cursorOf = null) => LinkPage.Of(statement.All(LinkRow.ReadWithId), query.Limit, cursorOf);
    }
}
