using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Terse.Codes;

namespace Terse.Adapters.DynamoDb;

/// <summary>The code key, the range counter and the machine ids: an item each, changed in one conditional step.</summary>
internal sealed class DynamoDbCodeRangeStore(DynamoDbDatabase database) : ICodeRangeStore
{
    private readonly MachineLeases _machines = new(database);

    private string Table => database.Tables.Instance;

    public async ValueTask<byte[]> GetOrAddKeyAsync(byte[] candidate, CancellationToken cancellationToken)
    {
        var updated = await database.UpdateAsync(
            new UpdateItemRequest
            {
                TableName = Table,
                Key = Key("code-key"),
                UpdateExpression = "SET code_key = if_not_exists(code_key, :candidate)",
                ExpressionAttributeValues = new() { [":candidate"] = Item.Bytes(candidate) },
                ReturnValues = ReturnValue.ALL_NEW,
            },
            repeatable: true,
            cancellationToken);
        return updated!.Attributes.Bytes("code_key");
    }

    /// <remarks>A step whose answer was lost is done again: its ids are nobody's, as those of a node that died.</remarks>
    public async ValueTask<CodeRange> LeaseRangeAsync(int size, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var updated = await database.UpdateAsync(
            new UpdateItemRequest
            {
                TableName = Table,
                Key = Key("ranges"),
                UpdateExpression = "ADD high_water :size",
                ExpressionAttributeValues = new() { [":size"] = Item.Number(size) },
                ReturnValues = ReturnValue.UPDATED_NEW,
            },
            repeatable: true,
            cancellationToken);
        var end = updated!.Attributes.Number("high_water");
        return new CodeRange(end - size, end);
    }

    public async ValueTask<long> GetHighWaterAsync(CancellationToken cancellationToken) =>
        await database.GetAsync(Table, Key("ranges"), strong: true, cancellationToken) is { } item ? item.Number("high_water") : 0;

    public async ValueTask RaiseHighWaterAsync(long highWater, CancellationToken cancellationToken) => await database.UpdateAsync(
        new UpdateItemRequest
        {
            TableName = Table,
            Key = Key("ranges"),
            UpdateExpression = "SET high_water = :mark",
            ConditionExpression = "attribute_not_exists(high_water) OR high_water < :mark",
            ExpressionAttributeValues = new() { [":mark"] = Item.Number(highWater) },
        },
        repeatable: true,
        cancellationToken);

    public async ValueTask<MachineLease?> LeaseMachineAsync(string holder, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken) =>
        await _machines.LeaseAsync(holder, now, duration, cancellationToken);

    public async ValueTask<MachineLease?> RenewMachineAsync(MachineLease lease, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken) =>
        await _machines.RenewAsync(lease, now, duration, cancellationToken);

    public async ValueTask ReleaseMachineAsync(MachineLease lease, DateTimeOffset lastUsed, CancellationToken cancellationToken) =>
        await _machines.ReleaseAsync(lease, lastUsed, cancellationToken);

    private static Dictionary<string, AttributeValue> Key(string name) => new() { [DynamoDbTables.Key] = Item.Text(name), [DynamoDbTables.Sort] = Item.Text(name) };
}
