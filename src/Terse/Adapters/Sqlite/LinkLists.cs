using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>Pages of links, the last added first unless asked otherwise: each is a range of rowids from the cursor on, so page 10,000 costs what page 1 does. Searches are in <see cref="LinkSearch"/>.</summary>
internal static class LinkLists
{
    public const string Columns =
        "l.code, l.destination, l.created_at, l.expires_at, l.ends_at, l.redirect_type, l.disabled, l.edge_ttl, l.title, l.tags, l.owner, l.version, l.is_alias, l.max_visits, l.password_hash, l.taken_down, l.visits, l.id";

    public static LinkPage Read(SqliteSession session, LinkQuery query)
    {
        var (past, order, start) = query.OldestFirst ? (">", "ASC", 0) : ("<", "DESC", long.MaxValue);
        var from = query.Cursor is null ? start : RowCursor.Read(query.Cursor);
        if (query.Search is { } search && SearchWords.OfSearch(search) is { Count: > 0 } words) return LinkSearch.Read(session, query, [.. words]);
        var statement = query.Tag is not { } tag
            ? session.Prepare($"SELECT {Columns} FROM links l WHERE l.id {past} ?1 ORDER BY l.id {order} LIMIT ?2").Bind(from).Bind(query.Limit + 1L)
            : session.Prepare($"""
                SELECT {Columns} FROM link_tags t JOIN links l ON l.id = t.link_id
                WHERE t.tag = ?3 AND t.link_id {past} ?1 ORDER BY t.link_id {order} LIMIT ?2
                """).Bind(from).Bind(query.Limit + 1L).Bind(tag);

        // One more than asked for tells whether there is a next page.
        var rows = statement.All(static row => (Link: LinkRow.Read(row), Id: row.Long(LinkRow.Count)));

        var more = rows.Count > query.Limit;
        if (more) rows.RemoveAt(rows.Count - 1);
        return new LinkPage([.. rows.Select(static row => row.Link)], more ? RowCursor.Write(rows[^1].Id) : null);
    }
}
