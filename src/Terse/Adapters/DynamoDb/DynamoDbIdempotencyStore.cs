using Amazon.DynamoDBv2.Model;
using Terse.Codes;
using Terse.Links;

namespace Terse.Adapters.DynamoDb;

/// <summary>Idempotency claims, one item each, changed under conditions; a line in a list by their end is what the sweep walks along where the service has no TTL.</summary>
internal sealed class DynamoDbIdempotencyStore(DynamoDbDatabase database, LinkLists lists, PlaceClock clock) : IIdempotencyStore
{
    private const string Ends = "claim";
    private const string IsMine = "#l = :lease AND #f = :forget AND attribute_not_exists(#done)";

    private static readonly Dictionary<string, string> Names = new() { ["#l"] = "l", ["#f"] = "f", ["#done"] = "done" };

    private string Table => database.Tables.Claims;

    public async ValueTask<ClaimResult> ClaimAsync(IdempotencyClaim claim, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The caller's mark in the item: when an answer was lost, the second attempt finds its own claim.
        var mark = clock.Next();
        await lists.AddAsync([(Line(claim.Key, claim.ForgetAt, mark), 0)], claim.ForgetAt, cancellationToken);
        while (true)
        {
            if (await TryPutAsync(claim, mark, now, cancellationToken)) return new ClaimResult(ClaimState.Claimed, claim);
            if (await database.GetAsync(Table, Key(claim.Key), strong: true, cancellationToken) is not { } item) continue;

            var held = Read(item);
            if (item.Text("m") == mark.Text) return new ClaimResult(held.LeasedUntil == claim.LeasedUntil && item.Flag("taken") ? ClaimState.TakenOver : ClaimState.Claimed, held);
            if (now >= held.ForgetAt) continue;
            if (item.Flag("done")) return new ClaimResult(ClaimState.Completed, held);
            if (now < held.LeasedUntil || held.RequestHash != claim.RequestHash) return new ClaimResult(ClaimState.InFlight, held);
            if (await TryTakeOverAsync(held, claim.LeasedUntil, mark, cancellationToken))
                return new ClaimResult(ClaimState.TakenOver, held with { LeasedUntil = claim.LeasedUntil });
        }
    }

    public async ValueTask CompleteAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        var request = new UpdateItemRequest
        {
            TableName = Table,
            Key = Key(claim.Key),
            UpdateExpression = "SET #done = :done",
            ConditionExpression = IsMine,
            ExpressionAttributeNames = Names,
            ExpressionAttributeValues = Identity(claim),
        };
        request.ExpressionAttributeValues[":done"] = Item.Flag(true);
        await database.UpdateAsync(request, repeatable: true, cancellationToken);
    }

    public async ValueTask ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken) => await database.DeleteAsync(
        new DeleteItemRequest
        {
            TableName = Table,
            Key = Key(claim.Key),
            ConditionExpression = IsMine,
            ExpressionAttributeNames = Names,
            ExpressionAttributeValues = Identity(claim),
        },
        repeatable: true,
        cancellationToken);

    public async ValueTask<int> SweepAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var swept = 0;
        var reader = new LinkListReader(database, lists, Ends, descending: false, limit);
        await using var lines = reader.ReadAsync(null, 0, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var end = LinkEntries.End(now.AddMilliseconds(1), "", new Place("")).Sort;
        var more = true;
        while (more && swept < limit)
        {
            var chunk = new List<ListLine>();
            while (chunk.Count < limit - swept
                && (more = await lines.MoveNextAsync() && string.CompareOrdinal(lines.Current.Entry.Sort, end) < 0)) chunk.Add(lines.Current);

            var removed = await DynamoDbDatabase.InParallelAsync(chunk, line => TryForgetAsync(line.Entry.Code, now, cancellationToken));
            swept += removed.Count(static done => done);

            // Every line at its end is done with, its claim removed now or before: a claim made anew has a line of its own.
            await lists.RemoveAsync(chunk.Select(static line => line.Entry), cancellationToken);
        }

        return swept;
    }

    private static Dictionary<string, AttributeValue> Key(string key) => new() { [DynamoDbTables.Key] = Item.Text(key) };

    private static ListEntry Line(string key, DateTimeOffset forgetAt, Place mark) => LinkEntries.End(forgetAt, key, mark) with { List = Ends };

    private static Dictionary<string, AttributeValue> Identity(IdempotencyClaim claim) =>
        new() { [":lease"] = Item.Instant(claim.LeasedUntil), [":forget"] = Item.Instant(claim.ForgetAt) };

    private Task<bool> TryPutAsync(IdempotencyClaim claim, Place mark, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var link = LinkItem.Fields(claim.Link);
        link["code"] = Item.Text(claim.Link.Code.Value);
        return database.PutAsync(
            new PutItemRequest
            {
                TableName = Table,
                Item = new()
                {
                    [DynamoDbTables.Key] = Item.Text(claim.Key),
                    ["h"] = Item.Text(claim.RequestHash),
                    ["l"] = Item.Instant(claim.LeasedUntil),
                    ["f"] = Item.Instant(claim.ForgetAt),
                    ["m"] = Item.Text(mark.Text),
                    ["link"] = Item.Map(link),
                    [DynamoDbTables.TimeToLive] = Item.Number(claim.ForgetAt.ToUnixTimeSeconds() + 1),
                },
                ConditionExpression = $"attribute_not_exists({DynamoDbTables.Key}) OR f <= :now",
                ExpressionAttributeValues = new() { [":now"] = Item.Instant(now) },
            },
            cancellationToken);
    }

    private async Task<bool> TryTakeOverAsync(IdempotencyClaim held, DateTimeOffset leasedUntil, Place mark, CancellationToken cancellationToken)
    {
        var request = new UpdateItemRequest
        {
            TableName = Table,
            Key = Key(held.Key),
            UpdateExpression = "SET #l = :mine, m = :mark, taken = :taken",
            ConditionExpression = IsMine,
            ExpressionAttributeNames = Names,
            ExpressionAttributeValues = Identity(held),
        };
        request.ExpressionAttributeValues[":mine"] = Item.Instant(leasedUntil);
        request.ExpressionAttributeValues[":mark"] = Item.Text(mark.Text);
        request.ExpressionAttributeValues[":taken"] = Item.Flag(true);
        return await database.UpdateAsync(request, repeatable: true, cancellationToken) is not null;
    }

    private async Task<bool> TryForgetAsync(string key, DateTimeOffset now, CancellationToken cancellationToken) => await database.DeleteAsync(
        new DeleteItemRequest
        {
            TableName = Table,
            Key = Key(key),
            ConditionExpression = "f <= :now",
            ExpressionAttributeValues = new() { [":now"] = Item.Instant(now) },
        },
        repeatable: true,
        cancellationToken) is not null;

    private static IdempotencyClaim Read(Dictionary<string, AttributeValue> item)
    {
        var link = item["link"].M;
        return new IdempotencyClaim(
            item.Text(DynamoDbTables.Key), item.Text("h"), LinkItem.ReadFields(ShortCode.Parse(link.Text("code")), link), item.Instant("l"), item.Instant("f"));
    }
}
