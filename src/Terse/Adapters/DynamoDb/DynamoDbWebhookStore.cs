using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Terse.Links;
using Terse.Webhooks;

namespace Terse.Adapters.DynamoDb;

/// <summary>
/// Webhooks, and a partition of deliveries for each. A lease is a conditional write of the delivery's next time, so it is exclusive without a lock. The
/// deliveries of a webhook are read whole to find those that are due: a queue of many thousands makes each look dear.
/// </summary>
internal sealed class DynamoDbWebhookStore(DynamoDbDatabase database) : IWebhookStore
{
    private const string Webhooks = "webhooks";
    private const string IsThere = $"attribute_exists({DynamoDbTables.Key})";
    private const string IsNotThere = $"attribute_not_exists({DynamoDbTables.Key})";

    private string Table => database.Tables.Instance;

    private string Queue => database.Tables.Lists;

    public async ValueTask AddAsync(Webhook webhook, CancellationToken cancellationToken) =>
        await database.PutAsync(new PutItemRequest { TableName = Table, Item = WebhookItem.Of(Key(webhook.Id), webhook), ConditionExpression = IsNotThere }, cancellationToken);

    public async ValueTask<Webhook?> FindAsync(string id, CancellationToken cancellationToken) =>
        await database.GetAsync(Table, Key(id), strong: true, cancellationToken) is { } item ? WebhookItem.Read(item) : null;

    public async ValueTask<IReadOnlyList<Webhook>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await ReadAsync(Query(Table, Webhooks), int.MaxValue, cancellationToken)).Select(WebhookItem.Read).OrderBy(static webhook => webhook.CreatedAt)];

    public async ValueTask<ChangeResult> ReplaceAsync(Webhook webhook, long expectedVersion, CancellationToken cancellationToken)
    {
        var fields = WebhookItem.Of([], webhook);
        var request = new UpdateItemRequest
        {
            TableName = Table,
            Key = Key(webhook.Id),
            UpdateExpression = "SET " + string.Join(", ", fields.Keys.Select(static name => $"#{name} = :{name}")) + (webhook.Disabled is null ? " REMOVE #off" : ""),
            ConditionExpression = "#v = :expected",
            ExpressionAttributeNames = fields.Keys.Append("off").Distinct().ToDictionary(static name => "#" + name),
            ExpressionAttributeValues = fields.ToDictionary(static field => ":" + field.Key, static field => field.Value),
        };
        request.ExpressionAttributeValues[":expected"] = Item.Number(expectedVersion);
        if (await database.UpdateAsync(request, repeatable: false, cancellationToken) is not null) return ChangeResult.Done;
        return await FindAsync(webhook.Id, cancellationToken) is null ? ChangeResult.Missing : ChangeResult.Stale;
    }

    /// <remarks>The webhook first: without it no delivery is found. One that is being added meanwhile stays behind, and is never sent.</remarks>
    public async ValueTask<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var removed = await database.DeleteAsync(new DeleteItemRequest { TableName = Table, Key = Key(id), ConditionExpression = IsThere }, repeatable: true, cancellationToken);
        var deliveries = await ReadAsync(Query(Queue, Deliveries(id)), int.MaxValue, cancellationToken);
        await database.WriteManyAsync(Queue, [.. deliveries.Select(item => new WriteRequest(new DeleteRequest(DeliveryKey(id, item.Text(DynamoDbTables.Sort)))))], cancellationToken);
        return removed is not null;
    }

    public async ValueTask EnqueueAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken)
    {
        foreach (var group in deliveries.GroupBy(static delivery => delivery.WebhookId, StringComparer.Ordinal))
        {
            if (await FindAsync(group.Key, cancellationToken) is null) continue;
            await DynamoDbDatabase.InParallelAsync(group, delivery => database.PutAsync(
                new PutItemRequest { TableName = Queue, Item = WebhookItem.Of(DeliveryKey(delivery.WebhookId, delivery.Id), delivery), ConditionExpression = IsNotThere }, cancellationToken));
        }
    }

    public async ValueTask<IReadOnlyList<WebhookDelivery>> LeaseAsync(DateTimeOffset now, DateTimeOffset leasedUntil, int limit, CancellationToken cancellationToken)
    {
        var due = new List<WebhookDelivery>();
        foreach (var webhook in await ListAsync(cancellationToken))
            if (webhook.Disabled is null) due.AddRange((await ReadAsync(Due(webhook.Id, now), int.MaxValue, cancellationToken)).Select(item => WebhookItem.ReadDelivery(webhook.Id, item)));

        // Whoever is beaten to one goes on to the next, so that what is due is leased by someone.
        var leased = new List<WebhookDelivery>();
        foreach (var delivery in due.OrderBy(static delivery => delivery.NextAt).ThenBy(static delivery => delivery.Id, StringComparer.Ordinal))
        {
            if (leased.Count == limit) break;
            var taken = await database.UpdateAsync(
                Change(delivery.WebhookId, delivery.Id, "SET n = :until", "n = :was AND x = :alive", new()
                {
                    [":until"] = Item.Instant(leasedUntil),
                    [":was"] = Item.Instant(delivery.NextAt),
                    [":alive"] = Item.Flag(false),
                }),
                repeatable: false,
                cancellationToken);
            if (taken is not null) leased.Add(delivery with { NextAt = leasedUntil });
        }

        leased.Sort(static (left, right) => string.CompareOrdinal(left.Id, right.Id));
        return leased;
    }

    public async ValueTask<int> SettleAsync(WebhookDelivery leased, DeliveryOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Error is null)
        {
            await database.DeleteAsync(
                new DeleteItemRequest
                {
                    TableName = Queue,
                    Key = DeliveryKey(leased.WebhookId, leased.Id),
                    ConditionExpression = "n = :lease",
                    ExpressionAttributeValues = new() { [":lease"] = Item.Instant(leased.NextAt) },
                },
                repeatable: true,
                cancellationToken);
            if (outcome.IsDropped) return (await FindAsync(leased.WebhookId, cancellationToken))?.Failures ?? 0;
            return await CountFailuresAsync(leased.WebhookId, "SET fails = :number", 0, cancellationToken);
        }

        await database.UpdateAsync(
            Change(leased.WebhookId, leased.Id, "SET a = a + :one, err = :err, n = :next, x = :dead", "n = :lease", new()
            {
                [":one"] = Item.Number(1),
                [":err"] = Item.Text(outcome.Error),
                [":next"] = Item.Instant(outcome.NextAt ?? leased.NextAt),
                [":dead"] = Item.Flag(outcome.NextAt is null),
                [":lease"] = Item.Instant(leased.NextAt),
            }),
            repeatable: false,
            cancellationToken);
        return await CountFailuresAsync(leased.WebhookId, "ADD fails :number", 1, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<WebhookDelivery>> ListDeliveriesAsync(string webhookId, bool dead, string? after, int limit, CancellationToken cancellationToken)
    {
        var request = Filtered(webhookId, "x = :dead", new() { [":dead"] = Item.Flag(dead) });
        if (after is not null)
        {
            request.KeyConditionExpression += $" AND {DynamoDbTables.Sort} > :after";
            request.ExpressionAttributeValues[":after"] = Item.Text(after);
        }

        return [.. (await ReadAsync(request, limit, cancellationToken)).Select(item => WebhookItem.ReadDelivery(webhookId, item))];
    }

    public async ValueTask<int> ReplayAsync(string webhookId, string? deliveryId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var replayed = await DynamoDbDatabase.InParallelAsync(await DeadAsync(webhookId, deliveryId, cancellationToken), id => database.UpdateAsync(
            Change(webhookId, id, "SET x = :alive, a = :none, n = :now", "x = :dead", new()
            {
                [":alive"] = Item.Flag(false),
                [":dead"] = Item.Flag(true),
                [":none"] = Item.Number(0),
                [":now"] = Item.Instant(now),
            }),
            repeatable: false,
            cancellationToken));
        return replayed.Count(static done => done is not null);
    }

    public async ValueTask<int> DiscardAsync(string webhookId, string? deliveryId, CancellationToken cancellationToken)
    {
        var discarded = await DynamoDbDatabase.InParallelAsync(await DeadAsync(webhookId, deliveryId, cancellationToken), id => database.DeleteAsync(
            new DeleteItemRequest
            {
                TableName = Queue,
                Key = DeliveryKey(webhookId, id),
                ConditionExpression = "x = :dead",
                ExpressionAttributeValues = new() { [":dead"] = Item.Flag(true) },
            },
            repeatable: false,
            cancellationToken));
        return discarded.Count(static done => done is not null);
    }

    public async ValueTask<long> CountDueAsync(string webhookId, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await ReadAsync(Due(webhookId, now), int.MaxValue, cancellationToken)).Count;

    private static string Deliveries(string webhookId) => "deliveries|" + webhookId;

    private static Dictionary<string, AttributeValue> Key(string id) => new() { [DynamoDbTables.Key] = Item.Text(Webhooks), [DynamoDbTables.Sort] = Item.Text(id) };

    private static Dictionary<string, AttributeValue> DeliveryKey(string webhookId, string id) =>
        new() { [DynamoDbTables.Key] = Item.Text(Deliveries(webhookId)), [DynamoDbTables.Sort] = Item.Text(id) };

    private async Task<IEnumerable<string>> DeadAsync(string webhookId, string? deliveryId, CancellationToken cancellationToken) => deliveryId is null
        ? (await ListDeliveriesAsync(webhookId, dead: true, null, int.MaxValue, cancellationToken)).Select(static delivery => delivery.Id)
        : [deliveryId];

    private async Task<int> CountFailuresAsync(string webhookId, string update, int number, CancellationToken cancellationToken)
    {
        var counted = await database.UpdateAsync(
            new UpdateItemRequest
            {
                TableName = Table,
                Key = Key(webhookId),
                UpdateExpression = update,
                ConditionExpression = IsThere,
                ExpressionAttributeValues = new() { [":number"] = Item.Number(number) },
                ReturnValues = ReturnValue.UPDATED_NEW,
            },
            repeatable: number == 0,
            cancellationToken);
        return counted is null ? 0 : (int)counted.Attributes.Number("fails");
    }

    private UpdateItemRequest Change(string webhookId, string id, string update, string condition, Dictionary<string, AttributeValue> values) => new()
    {
        TableName = Queue,
        Key = DeliveryKey(webhookId, id),
        UpdateExpression = update,
        ConditionExpression = condition,
        ExpressionAttributeValues = values,
    };

    private QueryRequest Due(string webhookId, DateTimeOffset now) =>
        Filtered(webhookId, "x = :alive AND n <= :now", new() { [":alive"] = Item.Flag(false), [":now"] = Item.Instant(now) });

    private QueryRequest Filtered(string webhookId, string filter, Dictionary<string, AttributeValue> values)
    {
        var request = Query(Queue, Deliveries(webhookId));
        request.FilterExpression = filter;
        foreach (var (name, value) in values) request.ExpressionAttributeValues[name] = value;
        return request;
    }

    private static QueryRequest Query(string table, string partition) => new()
    {
        TableName = table,
        ConsistentRead = true,
        KeyConditionExpression = $"{DynamoDbTables.Key} = :k",
        ExpressionAttributeValues = new() { [":k"] = Item.Text(partition) },
    };

    private async Task<List<Dictionary<string, AttributeValue>>> ReadAsync(QueryRequest request, int limit, CancellationToken cancellationToken)
    {
        var items = new List<Dictionary<string, AttributeValue>>();
        do
        {
            var page = await database.QueryAsync(request, cancellationToken);
            items.AddRange(page.Items ?? []);
            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (items.Count < limit && request.ExclusiveStartKey is { Count: > 0 });
        return items.Count > limit ? items[..limit] : items;
    }
}
