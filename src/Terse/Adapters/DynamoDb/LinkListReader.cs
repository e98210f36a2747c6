using System.Globalization;
using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2.Model;

namespace Terse.Adapters.DynamoDb;

/// <summary>
/// Reads a list in its order: the directory says which partitions there are; those of one day are read side by side and merged, day after day.
/// </summary>
/// <param name="database">Where the lists are.</param>
/// <param name="lists">Removes notes of partitions that prove empty.</param>
/// <param name="list">Which list.</param>
/// <param name="descending">The highest sort key first.</param>
/// <param name="expected">About how many lines will be wanted: the size of the first reads.</param>
internal sealed class LinkListReader(DynamoDbDatabase database, LinkLists lists, string list, bool descending, int expected)
{
    private static readonly Comparer<string> Ascending = Comparer<string>.Create(string.CompareOrdinal);
    private static readonly Comparer<string> Descending = Comparer<string>.Create(static (left, right) => string.CompareOrdinal(right, left));

    /// <summary>The lines past <paramref name="after"/> (excluded), which is on <paramref name="day"/>; all lines when it is null.</summary>
    public async IAsyncEnumerable<ListLine> ReadAsync(string? after, int day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var today = new List<ListNote>();
        await foreach (var note in ReadNotesAsync(after is null ? null : day, cancellationToken))
        {
            if (today.Count > 0 && today[0].Partition.Day != note.Partition.Day)
            {
                await foreach (var line in MergeAsync(today, after, cancellationToken)) yield return line;
                today.Clear();
            }

            today.Add(note);
        }

        await foreach (var line in MergeAsync(today, after, cancellationToken)) yield return line;
    }

    private async IAsyncEnumerable<ListNote> ReadNotesAsync(int? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = Query(LinkLists.Directory(list));
        if (from is { } day)
        {
            request.KeyConditionExpression += descending ? " AND #s < :bound" : " AND #s > :bound";
            request.ExpressionAttributeNames["#s"] = DynamoDbTables.Sort;
            request.ExpressionAttributeValues[":bound"] = Item.Text(string.Create(CultureInfo.InvariantCulture, $"{(descending ? day + 1 : day):D7}"));
        }

        do
        {
            var page = await database.QueryAsync(request, cancellationToken);
            foreach (var item in page.Items ?? [])
                yield return new ListNote(ListPartition.Of(list, item.Text(DynamoDbTables.Sort)), item.Number(ListEntry.WrittenAt));
            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });
    }

    private async IAsyncEnumerable<ListLine> MergeAsync(List<ListNote> notes, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pageSize = Math.Min(1_000, (2 * expected / Math.Max(1, notes.Count)) + 8);
        var parts = await DynamoDbDatabase.InParallelAsync(notes, async note =>
        {
            var part = new Part(Query(new ListPartition(list, note.Partition.Day, note.Partition.Shard).Text), note.Partition);
            if (after is not null)
            {
                part.Request.KeyConditionExpression += descending ? " AND #s < :bound" : " AND #s > :bound";
                part.Request.ExpressionAttributeNames["#s"] = DynamoDbTables.Sort;
                part.Request.ExpressionAttributeValues[":bound"] = Item.Text(after);
            }

            part.Request.Limit = pageSize;
            await part.FillAsync(database, cancellationToken);
            if (part.Lines.Count == 0 && after is null) await lists.ForgetAsync(note, cancellationToken);
            return part;
        });

        var queue = new PriorityQueue<Part, string>(descending ? Descending : Ascending);
        foreach (var part in parts.Where(part => part.Lines.Count > 0)) queue.Enqueue(part, part.Lines.Peek().Entry.Sort);
        while (queue.TryDequeue(out var part, out _))
        {
            yield return part.Lines.Dequeue();
            if (part.Lines.Count == 0) await part.FillAsync(database, cancellationToken);
            if (part.Lines.Count > 0) queue.Enqueue(part, part.Lines.Peek().Entry.Sort);
        }
    }

    private QueryRequest Query(string partition) => new()
    {
        TableName = database.Tables.Lists,
        ConsistentRead = true,
        ScanIndexForward = !descending,
        KeyConditionExpression = "#k = :k",
        ExpressionAttributeNames = new() { ["#k"] = DynamoDbTables.Key },
        ExpressionAttributeValues = new() { [":k"] = Item.Text(partition) },
    };

    /// <summary>One partition and what of it was read and not yet given out.</summary>
    private sealed class Part(QueryRequest request, ListPartition partition)
    {
        private bool _ended;

        public QueryRequest Request => request;

        public Queue<ListLine> Lines { get; } = new();

        public async Task FillAsync(DynamoDbDatabase database, CancellationToken cancellationToken)
        {
            while (Lines.Count == 0 && !_ended)
            {
                var page = await database.QueryAsync(request, cancellationToken);
                foreach (var item in page.Items ?? [])
                {
                    var entry = new ListEntry(
                        partition.List, partition.Day, item.Text(DynamoDbTables.Sort), item.Text(ListEntry.CodeOf), new Place(item.Text(ListEntry.PlaceOf)));
                    Lines.Enqueue(new ListLine(entry, partition, item.Number(ListEntry.WrittenAt), item));
                }

                request.ExclusiveStartKey = page.LastEvaluatedKey;
                _ended = request.ExclusiveStartKey is not { Count: > 0 };
            }
        }
    }
}
