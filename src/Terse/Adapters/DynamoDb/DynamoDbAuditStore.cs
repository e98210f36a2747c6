using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2.Model;
using Terse.Auditing;

namespace Terse.Adapters.DynamoDb;

/// <summary>
/// The audit log as a list of its own, each line of which is a whole entry; and a second copy by subject, for the history of one link or key. A filter on
/// actor or action alone looks at the lines of the whole log, so many at a time that a page may end before it is full.
/// </summary>
internal sealed class DynamoDbAuditStore(DynamoDbDatabase database, LinkLists lists, PlaceClock clock) : IAuditStore
{
    private const string Log = "audit";

    private string Table => database.Tables.Lists;

    public async ValueTask AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var placed = entries.Select(entry => (Entry: entry, Line: LineAt(clock.Next()))).ToArray();
        await lists.NoteAsync(placed.Select(pair => pair.Line.Partition(database.Options.ListShards)), cancellationToken);
        await database.WriteManyAsync(Table, [.. placed.SelectMany(pair => Copies(pair.Entry, pair.Line))], cancellationToken);
    }

    public async ValueTask<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        Place? from = query.Cursor is null ? null : Place.FromCursor(query.Cursor);
        var found = new List<(AuditEntry Entry, Place Place)>();
        var examined = 0;
        await foreach (var (entry, place) in query.Subject is { } subject ? ReadSubjectAsync(subject, from, cancellationToken) : ReadLogAsync(from, query.Limit, cancellationToken))
        {
            if (examined++ == LinkPages.MostExamined) return Page(found[..Math.Min(found.Count, query.Limit)], place);
            if ((query.Actor ?? entry.Actor) == entry.Actor && (query.Action ?? entry.Action) == entry.Action) found.Add((entry, place));
            if (found.Count > query.Limit) return Page(found[..query.Limit], found[query.Limit - 1].Place);
        }

        return Page(found, null);
    }

    public async ValueTask<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var first = new List<ListLine>();
        await foreach (var line in new LinkListReader(database, lists, Log, descending: false, limit).ReadAsync(null, 0, cancellationToken))
        {
            first.Add(line);
            if (first.Count == limit) break;
        }

        var old = first.Where(line => Read(line.Item).At < before).ToList();
        await database.WriteManyAsync(
            Table,
            [.. old.SelectMany(line => new[] { LinkLists.Key(line.Partition, line.Entry.Sort), SubjectKey(Read(line.Item).Subject, line.Entry.Place) }).Select(static key => new WriteRequest(new DeleteRequest(key)))],
            cancellationToken);
        return old.Count;
    }

    private static AuditPage Page(List<(AuditEntry Entry, Place Place)> found, Place? last) => new([.. found.Select(static pair => pair.Entry)], last?.ToCursor());

    // The place also chooses the shard: an instance's log is one list, and its newest end is where all writes go.
    private static ListEntry LineAt(Place place) => new(Log, ListEntry.DayOf(place.Milliseconds), place.Text, place.Text, place);

    private static Dictionary<string, AttributeValue> SubjectKey(string subject, Place place) =>
        new() { [DynamoDbTables.Key] = Item.Text("audit of|" + subject), [DynamoDbTables.Sort] = Item.Text(place.Text) };

    private IEnumerable<WriteRequest> Copies(AuditEntry entry, ListEntry line)
    {
        var item = lists.Line(line, version: 0, timeToLive: null);
        item["t"] = Item.Instant(entry.At);
        item["actor"] = Item.Text(entry.Actor);
        item["action"] = Item.Text(entry.Action);
        item["subject"] = Item.Text(entry.Subject);
        if (entry.Before is { } before) item["before"] = Item.Text(before);
        if (entry.After is { } after) item["after"] = Item.Text(after);
        var bySubject = new Dictionary<string, AttributeValue>(item);
        foreach (var (name, value) in SubjectKey(entry.Subject, line.Place)) bySubject[name] = value;
        return [new WriteRequest(new PutRequest(item)), new WriteRequest(new PutRequest(bySubject))];
    }

    private static AuditEntry Read(Dictionary<string, AttributeValue> item) => new(
        item.Instant("t"), item.Text("actor"), item.Text("action"), item.Text("subject"), item.TextOrNull("before"), item.TextOrNull("after"));

    private async IAsyncEnumerable<(AuditEntry Entry, Place Place)> ReadLogAsync(
        Place? from, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new LinkListReader(database, lists, Log, descending: true, limit);
        await foreach (var line in reader.ReadAsync(from?.Text, from is { } place ? ListEntry.DayOf(place.Milliseconds) : 0, cancellationToken))
            yield return (Read(line.Item), line.Entry.Place);
    }

    private async IAsyncEnumerable<(AuditEntry Entry, Place Place)> ReadSubjectAsync(
        string subject, Place? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new QueryRequest
        {
            TableName = Table,
            ConsistentRead = true,
            ScanIndexForward = false,
            KeyConditionExpression = "#k = :k",
            ExpressionAttributeNames = new() { ["#k"] = DynamoDbTables.Key },
            ExpressionAttributeValues = new() { [":k"] = SubjectKey(subject, new Place(""))[DynamoDbTables.Key] },
        };
        if (from is { } place)
        {
            request.KeyConditionExpression += " AND #s < :from";
            request.ExpressionAttributeNames["#s"] = DynamoDbTables.Sort;
            request.ExpressionAttributeValues[":from"] = Item.Text(place.Text);
        }

        do
        {
            var page = await database.QueryAsync(request, cancellationToken);
            foreach (var item in page.Items ?? []) yield return (Read(item), new Place(item.Text(DynamoDbTables.Sort)));
            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });
    }
}
