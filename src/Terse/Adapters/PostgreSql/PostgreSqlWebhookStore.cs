using Npgsql;
using NpgsqlTypes;
using Terse.Links;
using Terse.Webhooks;

namespace Terse.Adapters.PostgreSql;

/// <summary>Webhooks and their queue in PostgreSQL. SKIP LOCKED makes each lease exclusive. A lease is told from the next by its end.</summary>
internal sealed class PostgreSqlWebhookStore(PostgreSqlDatabase database) : IWebhookStore
{
    private const string Columns = "id, url, events, secret, description, owner, created_at, disabled, failures, version";
    private const string DeliveryColumns = "id, webhook_id, event, body, created_at, attempts, next_at, last_error, dead";

    public async ValueTask AddAsync(Webhook webhook, CancellationToken cancellationToken) =>
        await database.ExecuteAsync($"INSERT INTO webhooks ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", cancellationToken, Values(webhook));

    public ValueTask<Webhook?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.FirstAsync($"SELECT {Columns} FROM webhooks WHERE id = $1", Read, cancellationToken, id);

    public async ValueTask<IReadOnlyList<Webhook>> ListAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync($"SELECT {Columns} FROM webhooks ORDER BY created_at, seq", Read, cancellationToken);

    public async ValueTask<ChangeResult> ReplaceAsync(Webhook webhook, long expectedVersion, CancellationToken cancellationToken)
    {
        var replaced = await database.ExecuteAsync(
            $"UPDATE webhooks SET ({Columns}) = ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) WHERE id = $1 AND version = $11",
            cancellationToken, [.. Values(webhook), expectedVersion]);
        if (replaced == 1) return ChangeResult.Done;
        return await FindAsync(webhook.Id, cancellationToken) is null ? ChangeResult.Missing : ChangeResult.Stale;
    }

    public async ValueTask<bool> RemoveAsync(string id, CancellationToken cancellationToken) =>
        await database.ExecuteAsync("DELETE FROM webhooks WHERE id = $1", cancellationToken, id) == 1;

    public async ValueTask EnqueueAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            $"""
            INSERT INTO webhook_deliveries ({DeliveryColumns})
            SELECT new.id, new.webhook_id, new.event, new.body, new.created_at, new.attempts, new.next_at, new.last_error, new.dead
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS new ({DeliveryColumns}) JOIN webhooks w ON w.id = new.webhook_id
            FOR KEY SHARE OF w
            ON CONFLICT (id) DO NOTHING
            """,
            cancellationToken,
            Column(deliveries, static delivery => delivery.Id), Column(deliveries, static delivery => delivery.WebhookId), Column(deliveries, static delivery => delivery.Event),
            Column(deliveries, static delivery => delivery.Body), Column(deliveries, static delivery => delivery.CreatedAt), Column(deliveries, static delivery => delivery.Attempts),
            Column(deliveries, static delivery => delivery.NextAt), Column(deliveries, static delivery => delivery.LastError), Column(deliveries, static delivery => delivery.Dead));

    public async ValueTask<IReadOnlyList<WebhookDelivery>> LeaseAsync(DateTimeOffset now, DateTimeOffset leasedUntil, int limit, CancellationToken cancellationToken)
    {
        var leased = await database.QueryAsync(
            """
            WITH due AS (
                SELECT d.id FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
                WHERE NOT d.dead AND d.next_at <= $1 AND w.disabled IS NULL
                ORDER BY d.next_at, d.id LIMIT $3 FOR UPDATE OF d SKIP LOCKED)
            UPDATE webhook_deliveries d SET next_at = $2 FROM due WHERE d.id = due.id
            RETURNING d.id, d.webhook_id, d.event, d.body, d.created_at, d.attempts, d.next_at, d.last_error, d.dead
            """,
            ReadDelivery, cancellationToken, now, leasedUntil, limit);
        leased.Sort(static (left, right) => string.CompareOrdinal(left.Id, right.Id));
        return leased;
    }

    public async ValueTask<int> SettleAsync(WebhookDelivery leased, DeliveryOutcome outcome, CancellationToken cancellationToken) =>
        outcome.Error is null
            ? await database.FirstAsync(
                """
                WITH delivered AS (DELETE FROM webhook_deliveries WHERE id = $1 AND next_at = $2)
                UPDATE webhooks SET failures = CASE WHEN $4 THEN failures ELSE 0 END WHERE id = $3 RETURNING failures
                """,
                static row => row.GetInt32(0), cancellationToken, leased.Id, leased.NextAt, leased.WebhookId, outcome.IsDropped)
            : await database.FirstAsync(
                """
                WITH failed AS (
                    UPDATE webhook_deliveries SET attempts = attempts + 1, last_error = $4, next_at = coalesce($5, next_at), dead = $5 IS NULL WHERE id = $1 AND next_at = $2)
                UPDATE webhooks SET failures = failures + 1 WHERE id = $3 RETURNING failures
                """,
                static row => row.GetInt32(0), cancellationToken, leased.Id, leased.NextAt, leased.WebhookId, outcome.Error, (object?)outcome.NextAt ?? NpgsqlDbType.TimestampTz);

    public async ValueTask<IReadOnlyList<WebhookDelivery>> ListDeliveriesAsync(string webhookId, bool dead, string? after, int limit, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"SELECT {DeliveryColumns} FROM webhook_deliveries WHERE webhook_id = $1 AND dead = $2 AND id > $3 ORDER BY id LIMIT $4",
            ReadDelivery, cancellationToken, webhookId, dead, after ?? "", limit);

    public ValueTask<int> ReplayAsync(string webhookId, string? deliveryId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            "UPDATE webhook_deliveries SET dead = false, attempts = 0, next_at = $3 WHERE webhook_id = $1 AND dead AND ($2 IS NULL OR id = $2)",
            cancellationToken, webhookId, (object?)deliveryId ?? NpgsqlDbType.Text, now);

    public ValueTask<int> DiscardAsync(string webhookId, string? deliveryId, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            "DELETE FROM webhook_deliveries WHERE webhook_id = $1 AND dead AND ($2 IS NULL OR id = $2)",
            cancellationToken, webhookId, (object?)deliveryId ?? NpgsqlDbType.Text);

    public async ValueTask<long> CountDueAsync(string webhookId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.FirstAsync(
            "SELECT count(*) FROM webhook_deliveries WHERE webhook_id = $1 AND NOT dead AND next_at <= $2", static row => row.GetInt64(0), cancellationToken, webhookId, now);

    private static T[] Column<T>(IReadOnlyList<WebhookDelivery> deliveries, Func<WebhookDelivery, T> field) => [.. deliveries.Select(field)];

    private static object[] Values(Webhook webhook) =>
    [
        webhook.Id, webhook.Url, webhook.Events.ToArray(), webhook.Secret, webhook.Description, webhook.Owner, webhook.CreatedAt,
        (object?)webhook.Disabled ?? NpgsqlDbType.Text, webhook.Failures, webhook.Version,
    ];

    private static Webhook Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetString(0),
        Url = row.GetString(1),
        Events = row.GetFieldValue<string[]>(2),
        Secret = row.GetString(3),
        Description = row.GetString(4),
        Owner = row.GetString(5),
        CreatedAt = row.Instant(6),
        Disabled = row.TextOrNull(7),
        Failures = row.GetInt32(8),
        Version = row.GetInt64(9),
    };

    private static WebhookDelivery ReadDelivery(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Instant(4), row.GetInt32(5), row.Instant(6), row.TextOrNull(7), row.GetBoolean(8));
}
