using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>Pages of links, the last added first unless asked otherwise: each is a range of rowids from the cursor on, so page 10,000 costs what page 1 does. Searches are in <see cref="LinkSearch"/>.</summary>
internal static class LinkLists
{
    public const string Columns =
        "l.code, l.destination, l.created_at, l.expires_at, l.ends_at, l.redirect_type, l.disabled, l.edge_ttl, l.title, l.tags, l.owner, l.version, l.is_alias, l.max_visits, l.password_hash, l.taken_down, l.visits, l.id";

    public static LinkPage Read(SqliteSession session, LinkQuery query)
    {
        var from = RowCursor.From(query.Cursor, query.OldestFirst);
        if (query.Search is { } search && SearchWords.OfSearch(search) is { Count: > 0 } words) return LinkSearch.Read(session, query, from, [.. words]);
        return LinkPage.Of(Next(session, query, from, query.Limit + 1L).All(LinkRow.ReadWithId), query.Limit);
    }

    /// <summary>The links of the list past <paramref name="from"/>, whatever is searched for.</summary>
    public static SqliteStatement Next(SqliteSession session, LinkQuery query, long from, long limit)
    {
        var (past, order) = query.OldestFirst ? (">", "ASC") : ("<", "DESC");
        var sql = (query.Tag, query.Owner) switch
        {
            (null, null) => $"SELECT {Columns} FROM links l WHERE l.id {past} ?1 ORDER BY l.id {order} LIMIT ?2",
            (null, _) => $"SELECT {Columns} FROM links l INDEXED BY links_owner WHERE l.owner = ?3 AND l.id {past} ?1 ORDER BY l.id {order} LIMIT ?2",
            _ => $"""
                SELECT {Columns} FROM link_tags t JOIN links l ON l.id = t.link_id
                WHERE t.tag = ?3 AND t.link_id {past} ?1 {OfOwner(query, "?4")} ORDER BY t.link_id {order} LIMIT ?2
                """,
        };
        var statement = session.Prepare(sql).Bind(from).Bind(limit);
        if (query.Tag is { } tag) statement.Bind(tag);
        if (query.Owner is { } owner) statement.Bind(owner);
        return statement;
    }

    // The plus keeps the index of owners out of it: these statements have their order from another one.
    public static string OfOwner(LinkQuery query, string parameter) => query.Owner is null ? "" : $"AND +l.owner = {parameter}";
}
