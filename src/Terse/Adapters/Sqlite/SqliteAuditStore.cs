using Terse.Auditing;
using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>The audit log in SQLite: rowids follow the order of insertion, and are the order of the list.</summary>
internal sealed class SqliteAuditStore(SqliteDatabase database) : IAuditStore
{
    private const string Columns = "at, actor, action, subject, before, after, id";

    // The filter named first finds the rows, by its index; the others look at what it found.
    private const string Rest = "id < ?1 AND (?3 IS NULL OR subject = ?3) AND (?4 IS NULL OR actor = ?4) AND (?5 IS NULL OR action = ?5) ORDER BY id DESC LIMIT ?2";

    public async ValueTask AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            session =>
            {
                foreach (var entry in entries)
                {
                    session.Prepare("INSERT INTO audit (at, actor, action, subject, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
                        .Bind(entry.At).Bind(entry.Actor).Bind(entry.Action).Bind(entry.Subject).Bind(entry.Before).Bind(entry.After)
                        .Execute();
                }

                return entries.Count;
            },
            cancellationToken,
            entries.Count);

    public ValueTask<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken) => ValueTask.FromResult(database.Read(query, List));

    public ValueTask<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => session
                .Prepare("DELETE FROM audit WHERE at < ?1 AND id IN (SELECT id FROM audit ORDER BY id LIMIT ?2)")
                .Bind(before).Bind(limit)
                .Execute(),
            cancellationToken,
            limit);

    private static AuditPage List(SqliteSession session, AuditQuery query)
    {
        var from = query.Cursor is null ? long.MaxValue : RowCursor.Read(query.Cursor);
        var statement = query switch
        {
            { Subject: not null } => session.Prepare($"SELECT {Columns} FROM audit WHERE subject = ?3 AND {Rest}"),
            { Actor: not null } => session.Prepare($"SELECT {Columns} FROM audit WHERE actor = ?4 AND {Rest}"),
            { Action: not null } => session.Prepare($"SELECT {Columns} FROM audit WHERE action = ?5 AND {Rest}"),
            _ => session.Prepare($"SELECT {Columns} FROM audit WHERE {Rest}"),
        };
        var rows = statement
            .Bind(from).Bind(query.Limit + 1L).Bind(query.Subject).Bind(query.Actor).Bind(query.Action)
            .All(static row => (
                Entry: new AuditEntry(row.Instant(0), row.Text(1), row.Text(2), row.Text(3), row.TextOrNull(4), row.TextOrNull(5)),
                Id: row.Long(6)));
        var more = rows.Count > query.Limit;
        if (more) rows.RemoveAt(rows.Count - 1);
        return new AuditPage([.. rows.Select(static row => row.Entry)], more ? RowCursor.Write(rows[^1].Id) : null);
    }
}
