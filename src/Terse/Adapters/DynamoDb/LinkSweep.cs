using System.Collections.Concurrent;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Terse.Codes;
using Terse.Links;

namespace Terse.Adapters.DynamoDb;

/// <summary>Removes ended links along the list of ends, the longest ended first. Their lines are removed after them by the caller.</summary>
internal sealed class LinkSweep(DynamoDbDatabase database, LinkLists lists)
{
    /// <summary>Ends where the store went away, with what was removed by then: whoever keeps copies of these links must hear of it.</summary>
    public async Task<LinksSwept> RunAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken)
    {
        var removed = new ConcurrentQueue<StoredLink>();
        var orphans = new ConcurrentQueue<ListLine>();
        try
        {
            await RunAsync();
        }
        catch (Exception e) when (!removed.IsEmpty && e is StoreUnavailableException or OperationCanceledException)
        {
            return new LinksSwept([.. removed], [.. orphans], e);
        }
        return new LinksSwept([.. removed], [.. orphans], Interruption: null);

        async Task RunAsync()
        {
            var reader = new LinkListReader(database, lists, LinkEntries.Ends, descending: false, limit);
            await using var lines = reader.ReadAsync(null, 0, cancellationToken).GetAsyncEnumerator(cancellationToken);
            var end = LinkEntries.End(endedBefore, "", new Place("")).Sort;
            var more = true;
            while (more && removed.Count < limit)
            {
                var chunk = new List<ListLine>();
                while (chunk.Count < limit - removed.Count
                    && (more = await lines.MoveNextAsync() && string.CompareOrdinal(lines.Current.Entry.Sort, end) < 0)) chunk.Add(lines.Current);

                await DynamoDbDatabase.InParallelAsync(chunk, async line =>
                {
                    if (await TryRemoveAsync(line.Entry, endedBefore, cancellationToken) is { } link) removed.Enqueue(link);
                    else orphans.Enqueue(line);
                    return true;
                });
            }
        }
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

/// <param name="Removed">The links that went.</param>
/// <param name="Orphans">Lines whose link was not there, or ends later by now.</param>
/// <param name="Interruption">Why there may be more; null when the sweep came to its end.</param>
internal sealed record LinksSwept(IReadOnlyList<StoredLink> Removed, IReadOnlyList<ListLine> Orphans, Exception? Interruption);
