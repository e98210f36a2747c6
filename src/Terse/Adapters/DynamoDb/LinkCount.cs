using System.Globalization;
using Amazon.DynamoDBv2.Model;

namespace Terse.Adapters.DynamoDb;

/// <summary>
/// How many links there are. Counters, several so that no partition takes them all, follow each addition and removal; a node that dies between a link
/// and its count leaves them off by that link. So up to <see cref="CountedOneByOne"/> the links themselves are counted, which is exact. Past that nobody
/// reads a number for its last digit.
/// </summary>
internal sealed class LinkCount(DynamoDbDatabase database, Random random, TimeProvider time)
{
    private const int Counters = 16;
    private const int CountedOneByOne = 20_000;
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private Figure? _last;

    /// <summary>Follows links that were added (or, when negative, removed).</summary>
    public async Task AddAsync(long links, CancellationToken cancellationToken)
    {
        if (links == 0) return;
        await database.UpdateAsync(
            new UpdateItemRequest
            {
                TableName = database.Tables.Instance,
                Key = Key(random.Next(Counters)),
                UpdateExpression = "ADD n :n",
                ExpressionAttributeValues = new() { [":n"] = Item.Number(links) },
            },
            repeatable: false,
            cancellationToken);
    }

    public async Task<long> ReadAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && time.GetElapsedTime(last.At) < MaxAge) return last.Links;
        var at = time.GetTimestamp();
        var counters = await database.GetManyAsync(database.Tables.Instance, [.. Enumerable.Range(0, Counters).Select(Key)], cancellationToken);
        var links = counters.Sum(static counter => counter.Number("n"));
        if (links <= CountedOneByOne) links = await CountOneByOneAsync(cancellationToken);
        _last = new Figure(links, at);
        return links;
    }

    private async Task<long> CountOneByOneAsync(CancellationToken cancellationToken)
    {
        var links = 0L;
        var request = new ScanRequest { TableName = database.Tables.Links, Select = Amazon.DynamoDBv2.Select.COUNT, ConsistentRead = true };
        do
        {
            var page = await database.ScanAsync(request, cancellationToken);
            links += page.Count ?? 0;
            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });
        return links;
    }

    private static Dictionary<string, AttributeValue> Key(int counter) => new()
    {
        [DynamoDbTables.Key] = Item.Text(string.Create(CultureInfo.InvariantCulture, $"count:{counter}")),
        [DynamoDbTables.Sort] = Item.Text("links"),
    };

    private sealed record Figure(long Links, long At);
}
