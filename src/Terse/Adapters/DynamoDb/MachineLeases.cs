using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Terse.Codes;

namespace Terse.Adapters.DynamoDb;

/// <summary>Machine ids, an item each. A counter gives those that no one had yet; then they go round, the one that is free the longest first.</summary>
internal sealed class MachineLeases(DynamoDbDatabase database)
{
    private const string Machines = "machines";
    private static readonly Dictionary<string, string> Names = new() { ["#h"] = "h", ["#e"] = "e", ["#n"] = "n" };

    private string Table => database.Tables.Instance;

    public async Task<MachineLease?> LeaseAsync(string holder, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken)
    {
        while (await NextUnusedAsync(cancellationToken) is { } id)
        {
            var lease = new MachineLease(id, holder, now, now + duration);
            if (await TryPutAsync(lease, cancellationToken)) return lease;
        }

        // Whoever loses every race for what was free looks again at what is free now.
        while (true)
        {
            var free = (await ReadAsync(cancellationToken)).Where(machine => machine.Holder is null || machine.FirstUnused <= now)
                .OrderBy(static machine => machine.FirstUnused).ToList();
            if (free.Count == 0) return null;
            foreach (var machine in free)
                if (await TryTakeAsync(machine, holder, now, duration, cancellationToken) is { } lease) return lease;
        }
    }

    public async Task<MachineLease?> RenewAsync(MachineLease lease, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken)
    {
        var renewed = await database.UpdateAsync(
            Change(lease, "SET #e = :end", "#h = :holder AND #e < :end", new() { [":end"] = Item.Instant(now + duration) }), repeatable: true, cancellationToken);
        if (renewed is not null) return ReadLease(lease.MachineId, renewed.Attributes);

        // Another's by now, or ours for longer already.
        return await database.GetAsync(Table, Key(lease.MachineId), strong: true, cancellationToken) is { } item && item.TextOrNull("h") == lease.Holder
            ? ReadLease(lease.MachineId, item)
            : null;
    }

    public async Task ReleaseAsync(MachineLease lease, DateTimeOffset lastUsed, CancellationToken cancellationToken)
    {
        // A holder that used nothing hands on the moment that bound it.
        var next = Math.Max(lease.NotBefore.ToUnixTimeMilliseconds(), lastUsed.ToUnixTimeMilliseconds() + 1);
        await database.UpdateAsync(
            Change(lease, "SET #e = :end REMOVE #h", "#h = :holder", new() { [":end"] = Item.Number(next) }), repeatable: true, cancellationToken);
    }

    private static Dictionary<string, AttributeValue> Key(int id) =>
        new() { [DynamoDbTables.Key] = Item.Text(Machines), [DynamoDbTables.Sort] = Item.Text(id.ToString("D4", CultureInfo.InvariantCulture)) };

    private static MachineLease ReadLease(int id, Dictionary<string, AttributeValue> item) => new(id, item.Text("h"), item.Instant("n"), item.Instant("e"));

    private UpdateItemRequest Change(MachineLease lease, string update, string condition, Dictionary<string, AttributeValue> values)
    {
        values[":holder"] = Item.Text(lease.Holder);
        var used = Names.Where(name => update.Contains(name.Key, StringComparison.Ordinal) || condition.Contains(name.Key, StringComparison.Ordinal));
        return new UpdateItemRequest
        {
            TableName = Table,
            Key = Key(lease.MachineId),
            UpdateExpression = update,
            ConditionExpression = condition,
            ExpressionAttributeNames = used.ToDictionary(),
            ExpressionAttributeValues = values,
            ReturnValues = ReturnValue.ALL_NEW,
        };
    }

    private async Task<int?> NextUnusedAsync(CancellationToken cancellationToken)
    {
        var next = await database.UpdateAsync(
            new UpdateItemRequest
            {
                TableName = Table,
                Key = new() { [DynamoDbTables.Key] = Item.Text("machine-counter"), [DynamoDbTables.Sort] = Item.Text("next") },
                UpdateExpression = "ADD #n :one",
                ConditionExpression = "attribute_not_exists(#n) OR #n <= :last",
                ExpressionAttributeNames = new() { ["#n"] = "n" },
                ExpressionAttributeValues = new() { [":one"] = Item.Number(1), [":last"] = Item.Number(MachineLease.MaxMachineId) },
                ReturnValues = ReturnValue.UPDATED_NEW,
            },
            repeatable: true,
            cancellationToken);
        return next is null ? null : (int)next.Attributes.Number("n") - 1;
    }

    private Task<bool> TryPutAsync(MachineLease lease, CancellationToken cancellationToken)
    {
        var item = Key(lease.MachineId);
        item["h"] = Item.Text(lease.Holder);
        item["n"] = Item.Instant(lease.NotBefore);
        item["e"] = Item.Instant(lease.ExpiresAt);
        return database.PutAsync(new PutItemRequest { TableName = Table, Item = item, ConditionExpression = $"attribute_not_exists({DynamoDbTables.Key})" }, cancellationToken);
    }

    private async Task<List<Machine>> ReadAsync(CancellationToken cancellationToken)
    {
        var request = new QueryRequest
        {
            TableName = Table,
            ConsistentRead = true,
            KeyConditionExpression = $"{DynamoDbTables.Key} = :machines",
            ExpressionAttributeValues = new() { [":machines"] = Item.Text(Machines) },
        };

        // An id that its finder never wrote down, for it died, is nobody's from the beginning of time.
        var machines = Enumerable.Range(0, MachineLease.MaxMachineId + 1).Select(static id => new Machine(id, null, DateTimeOffset.UnixEpoch, IsWritten: false)).ToList();
        do
        {
            var page = await database.QueryAsync(request, cancellationToken);
            foreach (var item in page.Items ?? [])
            {
                var id = int.Parse(item.Text(DynamoDbTables.Sort), CultureInfo.InvariantCulture);
                machines[id] = new Machine(id, item.TextOrNull("h"), item.Instant("e"), IsWritten: true);
            }

            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });
        return machines;
    }

    private async Task<MachineLease?> TryTakeAsync(Machine machine, string holder, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken)
    {
        var from = machine.FirstUnused > now ? machine.FirstUnused : now;
        var lease = new MachineLease(machine.Id, holder, from, from + duration);
        if (!machine.IsWritten) return await TryPutAsync(lease, cancellationToken) ? lease : null;

        var condition = machine.Holder is null ? "attribute_not_exists(#h) AND #e = :was" : "#h = :previous AND #e = :was";
        var values = new Dictionary<string, AttributeValue>
        {
            [":was"] = Item.Instant(machine.FirstUnused),
            [":from"] = Item.Instant(lease.NotBefore),
            [":end"] = Item.Instant(lease.ExpiresAt),
        };
        if (machine.Holder is { } previous) values[":previous"] = Item.Text(previous);
        return await database.UpdateAsync(Change(lease, "SET #h = :holder, #n = :from, #e = :end", condition, values), repeatable: true, cancellationToken) is null ? null : lease;
    }

    /// <param name="Id">The machine id.</param>
    /// <param name="Holder">Who has it, or null.</param>
    /// <param name="FirstUnused">The first moment that the last holder may not have used.</param>
    /// <param name="IsWritten">Whether there is an item.</param>
    private sealed record Machine(int Id, string? Holder, DateTimeOffset FirstUnused, bool IsWritten);
}
