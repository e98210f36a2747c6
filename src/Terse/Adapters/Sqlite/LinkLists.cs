using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>Pages of links, the last added first unless asked otherwise: each is a range of rowids from the cursor on, so page 10,000 costs what page 1 does.</summary>
internal static class LinkLists
{
    public const string Columns =
        "l.code, l.destination, l.created_at, l.expires_at, l.ends_at, l.redirect_type, l.disabled, l.edge_ttl, l.title, l.tags, l.owner, l.version, l.is_alias, l.max_visits, l.password_hash, l.taken_down, l.visits, l.id";

    public static LinkPage Read(SqliteSession session, LinkQuery query)
    {
        var (past, order, start) = query.OldestFirst ? (">", "ASC", 0) : ("<", "DESC", long.MaxValue);
        var from = query.Cursor is null ? start : RowCursor.Read(query.Cursor);
        var match = LinkWords.Match(query.Search);
        var statement = (match, query.Tag) switch
        {
            (null, null) => session
                .Prepare($"SELECT {Columns} FROM links l WHERE l.id {past} ?1 ORDER BY l.id {order} LIMIT ?2"),
            (null, { } tag) => session
                .Prepare($"""
                    SELECT {Columns} FROM link_tags t JOIN links l ON l.id = t.link_id
                    WHERE t.tag = ?3 AND t.link_id {past} ?1 ORDER BY t.link_id {order} LIMIT ?2
                    """),
            ({ }, null) => session
                .Prepare($"""
                    SELECT {Columns} FROM link_words w JOIN links l ON l.id = w.rowid
                    WHERE w.link_words MATCH ?3 AND w.rowid {past} ?1 ORDER BY w.rowid {order} LIMIT ?2
                    """),
            _ => session
                .Prepare($"""
                    SELECT {Columns} FROM link_words w
                    JOIN link_tags t ON t.tag = ?4 AND t.link_id = w.rowid
                    JOIN links l ON l.id = w.rowid
                    WHERE w.link_words MATCH ?3 AND w.rowid {past} ?1 ORDER BY w.rowid {order} LIMIT ?2
                    """),
        };

        // One more than asked for tells whether there is a next page.
        statement.Bind(from).Bind(query.Limit + 1L);
        if (match is not null) statement.Bind(match);
        if (query.Tag is not null) statement.Bind(query.Tag);
        var rows = statement.All(static row => (Link: LinkRow.Read(row), Id: row.Long(LinkRow.Count)));

        var more = rows.Count > query.Limit;
        if (more) rows.RemoveAt(rows.Count - 1);
        return new LinkPage([.. rows.Select(static row => row.Link)], more ? RowCursor.Write(rows[^1].Id) : null);
    }
}
