using NpgsqlTypes;
using Terse.Auditing;
using Terse.Links;

namespace Terse.Adapters.PostgreSql;

/// <summary>The audit log in PostgreSQL: ids follow the order of insertion, and are the order of the list.</summary>
internal sealed class PostgreSqlAuditStore(PostgreSqlDatabase database) : IAuditStore
{
    public async ValueTask AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            """
            INSERT INTO audit (at, actor, action, subject, before, after)
            SELECT at, actor, action, subject, before, after
            FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY AS entry (at, actor, action, subject, before, after, place) ORDER BY place
            """,
            cancellationToken,
            entries.Select(static entry => entry.At).ToArray(), entries.Select(static entry => entry.Actor).ToArray(), entries.Select(static entry => entry.Action).ToArray(),
            entries.Select(static entry => entry.Subject).ToArray(), entries.Select(static entry => entry.Before).ToArray(), entries.Select(static entry => entry.After).ToArray());

    public async ValueTask<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        var from = query.Cursor is null ? long.MaxValue : RowCursor.Read(query.Cursor);
        var rows = await database.QueryAsync(
            """
            SELECT at, actor, action, subject, before, after, id FROM audit
            WHERE id < $1 AND ($3 IS NULL OR subject = $3) AND ($4 IS NULL OR actor = $4) AND ($5 IS NULL OR action = $5)
            ORDER BY id DESC LIMIT $2
            """,
            static row => (
                Entry: new AuditEntry(row.Instant(0), row.GetString(1), row.GetString(2), row.GetString(3), row.TextOrNull(4), row.TextOrNull(5)),
                Id: row.GetInt64(6)),
            cancellationToken, from, query.Limit + 1, (object?)query.Subject ?? NpgsqlDbType.Text, (object?)query.Actor ?? NpgsqlDbType.Text, (object?)query.Action ?? NpgsqlDbType.Text);
        var more = rows.Count > query.Limit;
        if (more) rows.RemoveAt(rows.Count - 1);
        return new AuditPage([.. rows.Select(static row => row.Entry)], more ? RowCursor.Write(rows[^1].Id) : null);
    }

    public ValueTask<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        database.ExecuteAsync("DELETE FROM audit WHERE at < $1 AND id IN (SELECT id FROM audit ORDER BY id LIMIT $2)", cancellationToken, before, limit);
}
