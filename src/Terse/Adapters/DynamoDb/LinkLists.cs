using System.Collections.Concurrent;
using Amazon.DynamoDBv2.Model;

namespace Terse.Adapters.DynamoDb;

/// <summary>
/// Writes and removes the lines of lists. No engine transaction joins a link and its lines, so the order does:
/// <list type="number">
/// <item>Before a link is written: a note in the directory of each partition it will be in, then its lines.</item>
/// <item>The link, conditionally: this alone decides.</item>
/// <item>After it is done: lines no longer needed are removed.</item>
/// </list>
/// Whoever dies in between leaves lines that readers see through and, once old, remove. A line carries the version that needed it; it is only ever
/// raised, and removed only by who knows of a later version that does without: a slow remover cannot take away what a later change put there.
/// </summary>
internal sealed class LinkLists(DynamoDbDatabase database, TimeProvider time)
{
    private const int MostKnown = 200_000;
    private static readonly TimeSpan InFlight = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<ListPartition, bool> _known = new();

    private string Table => database.Tables.Lists;

    private int Shards => database.Options.ListShards;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Writes the lines of links that are about to be added, whose places nobody else has.</summary>
    public async Task AddAsync(IEnumerable<(ListEntry Entry, long Version)> lines, DateTimeOffset? timeToLive, CancellationToken cancellationToken)
    {
        var all = lines.ToList();
        await NoteAsync(all.Select(line => line.Entry.Partition(Shards)), cancellationToken);
        await database.WriteManyAsync(Table, [.. all.Select(line => new WriteRequest(new PutRequest(Line(line.Entry, line.Version, timeToLive))))], cancellationToken);
    }

    /// <summary>Writes lines that a change of a link is about to need.</summary>
    public async Task RaiseAsync(IReadOnlyCollection<ListEntry> entries, long version, CancellationToken cancellationToken)
    {
        await NoteAsync(entries.Select(entry => entry.Partition(Shards)), cancellationToken);
        await DynamoDbDatabase.InParallelAsync(entries, entry => RaiseAsync(entry, version, cancellationToken));
    }

    /// <summary>Removes all lines of a link that is gone, or was never there.</summary>
    public Task RemoveAsync(IEnumerable<ListEntry> entries, CancellationToken cancellationToken) =>
        database.WriteManyAsync(Table, [.. entries.Select(entry => new WriteRequest(new DeleteRequest(Key(entry.Partition(Shards), entry.Sort))))], cancellationToken);

    /// <summary>Removes lines that the version after <paramref name="version"/> does without.</summary>
    public Task RemoveAsync(IEnumerable<ListEntry> entries, long version, CancellationToken cancellationToken) =>
        DynamoDbDatabase.InParallelAsync(entries, entry => database.DeleteAsync(
            new DeleteItemRequest
            {
                TableName = Table,
                Key = Key(entry.Partition(Shards), entry.Sort),
                ConditionExpression = $"{ListEntry.Version} <= :version",
                ExpressionAttributeValues = new() { [":version"] = Item.Number(version) },
            },
            repeatable: true,
            cancellationToken));

    /// <summary>Removes lines that were read and have no link, if whoever wrote them cannot be about to write it still.</summary>
    public async Task ForgetAsync(IEnumerable<ListLine> lines, CancellationToken cancellationToken)
    {
        var before = Now - (long)InFlight.TotalMilliseconds;
        await DynamoDbDatabase.InParallelAsync(
            lines.Where(line => line.WrittenAt < before),
            line => DeleteAsync(Key(line.Partition, line.Entry.Sort), line.WrittenAt, cancellationToken));
    }

    /// <summary>Removes the note of a partition that was found empty, if its day is over for every clock and nobody can be about to write there.</summary>
    public async Task ForgetAsync(ListNote note, CancellationToken cancellationToken)
    {
        if (note.Partition.Day == 0 || note.Partition.Day >= ListEntry.DayOf(Now) - 1 || note.WrittenAt >= Now - (long)InFlight.TotalMilliseconds) return;
        await DeleteAsync(NoteKey(note.Partition), note.WrittenAt, cancellationToken);
    }

    public static Dictionary<string, AttributeValue> Key(ListPartition partition, string sort) =>
        new() { [DynamoDbTables.Key] = Item.Text(partition.Text), [DynamoDbTables.Sort] = Item.Text(sort) };

    /// <summary>The partition of the notes on one list's partitions.</summary>
    public static string Directory(string list) => "dir|" + list;

    private static Dictionary<string, AttributeValue> NoteKey(ListPartition partition) =>
        new() { [DynamoDbTables.Key] = Item.Text(Directory(partition.List)), [DynamoDbTables.Sort] = Item.Text(partition.Suffix) };

    /// <summary>Notes partitions in the directories of their lists. One that is known to be there is not noted again, unless its day is over: then it may have been found empty.</summary>
    public async Task NoteAsync(IEnumerable<ListPartition> partitions, CancellationToken cancellationToken)
    {
        var now = Now;
        var today = ListEntry.DayOf(now);
        var unknown = partitions.Distinct().Where(partition => !IsLasting(partition) || !_known.ContainsKey(partition)).ToList();
        if (unknown.Count == 0) return;

        await database.WriteManyAsync(Table, [.. unknown.Select(Note)], cancellationToken);
        if (_known.Count > MostKnown) _known.Clear();
        foreach (var partition in unknown.Where(IsLasting)) _known[partition] = true;

        bool IsLasting(ListPartition partition) => partition.Day == 0 || partition.Day >= today;

        WriteRequest Note(ListPartition partition)
        {
            var item = NoteKey(partition);
            item[ListEntry.WrittenAt] = Item.Number(now);
            return new WriteRequest(new PutRequest(item));
        }
    }

    // A line that is there with a later version, left by a change that lost, stays; its time of writing is renewed, so that no reader takes it for old.
    private async Task<bool> RaiseAsync(ListEntry entry, long version, CancellationToken cancellationToken)
    {
        var put = new PutItemRequest
        {
            TableName = Table,
            Item = Line(entry, version, timeToLive: null),
            ConditionExpression = $"attribute_not_exists({DynamoDbTables.Key}) OR {ListEntry.Version} < :version",
            ExpressionAttributeValues = new() { [":version"] = Item.Number(version) },
        };
        while (!await database.PutAsync(put, cancellationToken))
        {
            var renewed = await database.UpdateAsync(
                new UpdateItemRequest
                {
                    TableName = Table,
                    Key = Key(entry.Partition(Shards), entry.Sort),
                    UpdateExpression = "SET #at = :at",
                    ConditionExpression = $"{ListEntry.Version} >= :version",
                    ExpressionAttributeNames = new() { ["#at"] = ListEntry.WrittenAt },
                    ExpressionAttributeValues = new() { [":at"] = Item.Number(Now), [":version"] = Item.Number(version) },
                },
                repeatable: true,
                cancellationToken);
            if (renewed is not null) break;
        }

        return true;
    }

    public Dictionary<string, AttributeValue> Line(ListEntry entry, long version, DateTimeOffset? timeToLive)
    {
        var item = Key(entry.Partition(Shards), entry.Sort);
        item[ListEntry.CodeOf] = Item.Text(entry.Code);
        item[ListEntry.PlaceOf] = Item.Text(entry.Place.Text);
        item[ListEntry.Version] = Item.Number(version);
        item[ListEntry.WrittenAt] = Item.Number(Now);
        if (timeToLive is { } end) item[DynamoDbTables.TimeToLive] = Item.Number(end.ToUnixTimeSeconds() + 1);
        return item;
    }

    private Task<Dictionary<string, AttributeValue>?> DeleteAsync(Dictionary<string, AttributeValue> key, long writtenAt, CancellationToken cancellationToken) => database.DeleteAsync(
        new DeleteItemRequest
        {
            TableName = Table,
            Key = key,
            ConditionExpression = "#at = :at",
            ExpressionAttributeNames = new() { ["#at"] = ListEntry.WrittenAt },
            ExpressionAttributeValues = new() { [":at"] = Item.Number(writtenAt) },
        },
        repeatable: true,
        cancellationToken);
}

/// <summary>A line as it was read.</summary>
/// <param name="Entry">Which line.</param>
/// <param name="Partition">Where it was.</param>
/// <param name="WrittenAt">When it was written.</param>
/// <param name="Item">All that it has.</param>
internal readonly record struct ListLine(ListEntry Entry, ListPartition Partition, long WrittenAt, Dictionary<string, AttributeValue> Item);

/// <summary>A note that a partition is in use.</summary>
internal readonly record struct ListNote(ListPartition Partition, long WrittenAt);
