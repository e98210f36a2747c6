using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Terse.Codes;

namespace Terse.Adapters.DynamoDb;

/// <summary>Removes ended links along the list of ends, the longest ended first, and their lines after them.</summary>
internal sealed class LinkSweep(DynamoDbDatabase database, LinkLists lists)
{
    public async Task<IReadOnlyList<ShortCode>> RunAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken)
    {
        var swept = new List<ShortCode>();
        var reader = new LinkListReader(database, lists, LinkEntries.Ends, descending: false, limit);
        await using var lines = reader.ReadAsync(null, 0, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var end = LinkEntries.End(endedBefore, "", new Place("")).Sort;
        var more = true;
        while (more && swept.Count < limit)
        {
            var chunk = new List<ListLine>();
            while (chunk.Count < limit - swept.Count
                && (more = await lines.MoveNextAsync() && string.CompareOrdinal(lines.Current.Entry.Sort, end) < 0)) chunk.Add(lines.Current);

            var removed = await DynamoDbDatabase.InParallelAsync(chunk, line => TryRemoveAsync(line.Entry, endedBefore, cancellationToken));
            swept.AddRange(removed.OfType<StoredLink>().Select(static link => link.Link.Code));
            await lists.RemoveAsync(removed.OfType<StoredLink>().SelectMany(static link => LinkEntries.Of(link.Link, link.Place)), CancellationToken.None);
            await lists.ForgetAsync(chunk.Where((_, index) => removed[index] is null), cancellationToken);
        }

        return swept;
    }

    // Only the link that the line speaks of, and only if it still ends then: it may have been prolonged.
    private async Task<StoredLink?> TryRemoveAsync(ListEntry line, DateTimeOffset endedBefore, CancellationToken cancellationToken)
    {
        var item = await database.DeleteAsync(
            new DeleteItemRequest
            {
                TableName = database.Tables.Links,
                Key = LinkItem.Key(ShortCode.Parse(line.Code)),
                ConditionExpression = $"{LinkItem.Place} = :place AND {LinkItem.EndsAt} < :end",
                ExpressionAttributeValues = new() { [":place"] = Item.Text(line.Place.Text), [":end"] = Item.Instant(endedBefore) },
                ReturnValues = ReturnValue.ALL_OLD,
            },
            repeatable: false,
            cancellationToken);
        return item is null ? null : LinkItem.Read(item);
    }
}
