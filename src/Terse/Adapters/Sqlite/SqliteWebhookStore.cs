using System.Text.Json;
using Terse.Links;
using Terse.Webhooks;

namespace Terse.Adapters.Sqlite;

/// <summary>Webhooks and their queue in SQLite. The one writer makes each lease exclusive. A lease is told from the next by its end.</summary>
internal sealed class SqliteWebhookStore(SqliteDatabase database) : IWebhookStore
{
    private const string Columns = "id, url, events, secret, description, owner, created_at, disabled, failures, version";
    private const string DeliveryColumns = "id, webhook_id, event, body, created_at, attempts, next_at, last_error, dead";

    public async ValueTask AddAsync(Webhook webhook, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            session => Bind(session.Prepare($"INSERT INTO webhooks ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"), webhook).Execute(), cancellationToken);

    public ValueTask<Webhook?> FindAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult(database.Read(id, Find));

    public ValueTask<IReadOnlyList<Webhook>> ListAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<Webhook>>(database.Read(0, static (session, _) => session
            .Prepare($"SELECT {Columns} FROM webhooks ORDER BY created_at, rowid")
            .All(Read)));

    public ValueTask<ChangeResult> ReplaceAsync(Webhook webhook, long expectedVersion, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
            {
                if (Find(session, webhook.Id) is not { } stored) return ChangeResult.Missing;
                if (stored.Version != expectedVersion) return ChangeResult.Stale;
                Bind(session.Prepare($"UPDATE webhooks SET ({Columns}) = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) WHERE id = ?1"), webhook).Execute();
                return ChangeResult.Done;
            },
            cancellationToken);

    public ValueTask<bool> RemoveAsync(string id, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
            {
                session.Prepare("DELETE FROM webhook_deliveries WHERE webhook_id = ?1").Bind(id).Execute();
                return session.Prepare("DELETE FROM webhooks WHERE id = ?1").Bind(id).Execute() == 1;
            },
            cancellationToken);

    public async ValueTask EnqueueAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            session =>
            {
                foreach (var delivery in deliveries)
                {
                    session.Prepare($"""
                            INSERT INTO webhook_deliveries ({DeliveryColumns})
                            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE EXISTS (SELECT 1 FROM webhooks WHERE id = ?2)
                            ON CONFLICT (id) DO NOTHING
                            """)
                        .Bind(delivery.Id).Bind(delivery.WebhookId).Bind(delivery.Event).Bind(delivery.Body).Bind(delivery.CreatedAt)
                        .Bind(delivery.Attempts).Bind(delivery.NextAt).Bind(delivery.LastError).Bind(delivery.Dead)
                        .Execute();
                }

                return deliveries.Count;
            },
            cancellationToken,
            deliveries.Count);

    public async ValueTask<IReadOnlyList<WebhookDelivery>> LeaseAsync(DateTimeOffset now, DateTimeOffset leasedUntil, int limit, CancellationToken cancellationToken)
    {
        // Nearly always nothing is due: a read finds that out without the writer.
        if (!database.Read(now, static (session, now) => session.Prepare("SELECT 1 FROM webhook_deliveries WHERE dead = 0 AND next_at <= ?1 LIMIT 1").Bind(now).All(static _ => 1).Count > 0)) return [];
        var leased = await database.WriteAsync(
            session => session
                .Prepare($"""
                    UPDATE webhook_deliveries SET next_at = ?2
                    WHERE id IN (
                        SELECT d.id FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
                        WHERE d.dead = 0 AND d.next_at <= ?1 AND w.disabled IS NULL ORDER BY d.next_at, d.id LIMIT ?3)
                    RETURNING {DeliveryColumns}
                    """)
                .Bind(now).Bind(leasedUntil).Bind(limit)
                .All(ReadDelivery),
            cancellationToken,
            limit);
        leased.Sort(static (left, right) => string.CompareOrdinal(left.Id, right.Id));
        return leased;
    }

    public ValueTask<int> SettleAsync(WebhookDelivery leased, DeliveryOutcome outcome, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
            {
                if (outcome.Error is null)
                {
                    session.Prepare("DELETE FROM webhook_deliveries WHERE id = ?1 AND next_at = ?2").Bind(leased.Id).Bind(leased.NextAt).Execute();
                }
                else
                {
                    session.Prepare("UPDATE webhook_deliveries SET attempts = attempts + 1, last_error = ?3, next_at = ifnull(?4, next_at), dead = ?4 IS NULL WHERE id = ?1 AND next_at = ?2")
                        .Bind(leased.Id).Bind(leased.NextAt).Bind(outcome.Error).Bind(outcome.NextAt)
                        .Execute();
                }

                return session
                    .Prepare("UPDATE webhooks SET failures = CASE WHEN ?3 THEN failures WHEN ?2 IS NULL THEN 0 ELSE failures + 1 END WHERE id = ?1 RETURNING failures")
                    .Bind(leased.WebhookId).Bind(outcome.Error).Bind(outcome.IsDropped)
                    .All(static row => (int)row.Long(0))
                    .SingleOrDefault();
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<WebhookDelivery>> ListDeliveriesAsync(string webhookId, bool dead, string? after, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<WebhookDelivery>>(database.Read((webhookId, dead, after, limit), static (session, query) => session
            .Prepare($"SELECT {DeliveryColumns} FROM webhook_deliveries WHERE webhook_id = ?1 AND dead = ?2 AND id > ?3 ORDER BY id LIMIT ?4")
            .Bind(query.webhookId).Bind(query.dead).Bind(query.after ?? "").Bind(query.limit)
            .All(ReadDelivery)));

    public ValueTask<int> ReplayAsync(string webhookId, string? deliveryId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => session
                .Prepare("UPDATE webhook_deliveries SET dead = 0, attempts = 0, next_at = ?3 WHERE webhook_id = ?1 AND dead = 1 AND (?2 IS NULL OR id = ?2)")
                .Bind(webhookId).Bind(deliveryId).Bind(now)
                .Execute(),
            cancellationToken);

    public ValueTask<int> DiscardAsync(string webhookId, string? deliveryId, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => session
                .Prepare("DELETE FROM webhook_deliveries WHERE webhook_id = ?1 AND dead = 1 AND (?2 IS NULL OR id = ?2)")
                .Bind(webhookId).Bind(deliveryId)
                .Execute(),
            cancellationToken);

    public ValueTask<long> CountDueAsync(string webhookId, DateTimeOffset now, CancellationToken cancellationToken) =>
        ValueTask.FromResult(database.Read((webhookId, now), static (session, query) => session
            .Prepare("SELECT count(*) FROM webhook_deliveries WHERE webhook_id = ?1 AND dead = 0 AND next_at <= ?2")
            .Bind(query.webhookId).Bind(query.now)
            .First(static row => row.Long(0))));

    private static Webhook? Find(SqliteSession session, string id) => session
        .Prepare($"SELECT {Columns} FROM webhooks WHERE id = ?1")
        .Bind(id)
        .First(Read);

    private static SqliteStatement Bind(SqliteStatement statement, Webhook webhook) => statement
        .Bind(webhook.Id)
        .Bind(webhook.Url)
        .Bind(JsonSerializer.Serialize(webhook.Events, TagsJson.Default.IReadOnlyListString))
        .Bind(webhook.Secret)
        .Bind(webhook.Description)
        .Bind(webhook.Owner)
        .Bind(webhook.CreatedAt)
        .Bind(webhook.Disabled)
        .Bind((long)webhook.Failures)
        .Bind(webhook.Version);

    private static Webhook Read(SqliteStatement row) => new()
    {
        Id = row.Text(0),
        Url = row.Text(1),
        Events = LinkRow.ReadTags(row.Text(2)),
        Secret = row.Text(3),
        Description = row.Text(4),
        Owner = row.Text(5),
        CreatedAt = row.Instant(6),
        Disabled = row.TextOrNull(7),
        Failures = (int)row.Long(8),
        Version = row.Long(9),
    };

    private static WebhookDelivery ReadDelivery(SqliteStatement row) => new(
        row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Instant(4), (int)row.Long(5), row.Instant(6), row.TextOrNull(7), row.Bool(8));
}
