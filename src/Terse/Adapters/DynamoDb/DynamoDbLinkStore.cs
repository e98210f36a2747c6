using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2.Model;
using Terse.Codes;
using Terse.Links;

namespace Terse.Adapters.DynamoDb;

/// <summary>Links behind the DynamoDB API: one item each, which alone says what is; lists, searches and sweeps walk along lines that are checked against it.</summary>
internal sealed partial class DynamoDbLinkStore(
    DynamoDbDatabase database, LinkLists lists, PlaceClock clock, Random random, TimeProvider time, ILogger<DynamoDbLinkStore> logger) : ILinkStore
{
    private const string IsThere = $"attribute_exists({DynamoDbTables.Key})";
    private const string IsNotThere = $"attribute_not_exists({DynamoDbTables.Key})";

    private readonly LinkPages _pages = new(database, lists);
    private readonly LinkSweep _sweep = new(database, lists);
    private readonly LinkCount _count = new(database, random, time);

    private string Table => database.Tables.Links;

    public async ValueTask<AddResult> AddAsync(Link link, CancellationToken cancellationToken) => (await AddManyAsync([link], cancellationToken))[0];

    /// <summary>1. A place for each, in their order. 2. All lines. 3. Each link, if its code is free. 4. The lines of those that were not added go again.</summary>
    public async ValueTask<IReadOnlyList<AddResult>> AddManyAsync(IReadOnlyList<Link> links, CancellationToken cancellationToken)
    {
        // 1. Places. Of two links with one code the first is tried, and the other is taken.
        var additions = links.DistinctBy(static link => link.Code).Select(link => new StoredLink(link, clock.Next())).ToArray();

        // 2. Lines
        await lists.AddAsync(additions.SelectMany(static added => LinkEntries.Of(added.Link, added.Place).Select(entry => (entry, added.Link.Version))), null, cancellationToken);

        // 3. Links
        var added = await DynamoDbDatabase.InParallelAsync(additions, link => TryAddAsync(link, cancellationToken));

        // 4. What was not added. The additions are done, whatever becomes of the tidying up.
        var taken = additions.Where((_, index) => !added[index]);
        await TidyAsync(() => lists.RemoveAsync(taken.SelectMany(static link => LinkEntries.Of(link.Link, link.Place)), CancellationToken.None));
        await TidyAsync(() => _count.AddAsync(added.Count(static done => done), CancellationToken.None));
        var winners = additions.Zip(added).Where(static pair => pair.Second).Select(static pair => pair.First.Link).ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. links.Select(link => winners.Remove(link) ? AddResult.Added : AddResult.Taken)];
    }

    public async ValueTask<Link?> FindAsync(ShortCode code, CancellationToken cancellationToken) => (await ReadAsync(code, cancellationToken))?.Link;

    public async ValueTask<Link?> FindNearbyAsync(ShortCode code, long leastVersion, CancellationToken cancellationToken)
    {
        if (database.Options.Consistency == "Eventual"
            && await database.GetAsync(Table, LinkItem.Key(code), strong: false, cancellationToken) is { } seen
            && LinkItem.Read(seen).Link is var link && link.Version >= leastVersion)
        {
            return link;
        }

        return await FindAsync(code, cancellationToken);
    }

    public async ValueTask<ChangeResult> ReplaceAsync(Link link, long expectedVersion, CancellationToken cancellationToken)
    {
        if (await ReadAsync(link.Code, cancellationToken) is not { } stored) return ChangeResult.Missing;
        if (stored.Link.Version != expectedVersion) return ChangeResult.Stale;

        var before = LinkEntries.Of(stored.Link, stored.Place);
        var after = LinkEntries.Of(link, stored.Place);
        await lists.RaiseAsync([.. after.Except(before)], link.Version, cancellationToken);
        if (await database.UpdateAsync(Replacement(link, stored), repeatable: false, cancellationToken) is null)
            return await ReadAsync(link.Code, cancellationToken) is null ? ChangeResult.Missing : ChangeResult.Stale;

        await TidyAsync(() => lists.RemoveAsync(before.Except(after), expectedVersion, CancellationToken.None));
        return ChangeResult.Done;
    }

    public async ValueTask<ChangeResult> RemoveAsync(ShortCode code, long? expectedVersion, CancellationToken cancellationToken)
    {
        // Not repeatable: whoever repeats a removal that was done, its answer lost, would call it missing, or remove a link made anew.
        var request = new DeleteItemRequest { TableName = Table, Key = LinkItem.Key(code), ConditionExpression = IsThere, ReturnValues = Amazon.DynamoDBv2.ReturnValue.ALL_OLD };
        if (expectedVersion is { } version)
        {
            request.ConditionExpression = $"{LinkItem.Version} = :version";
            request.ExpressionAttributeValues = new() { [":version"] = Item.Number(version) };
        }

        if (await database.DeleteAsync(request, repeatable: false, cancellationToken) is not { } item)
            return expectedVersion is not null && await ReadAsync(code, cancellationToken) is not null ? ChangeResult.Stale : ChangeResult.Missing;

        var removed = LinkItem.Read(item);
        await TidyAsync(() => lists.RemoveAsync(LinkEntries.Of(removed.Link, removed.Place), CancellationToken.None));
        await TidyAsync(() => _count.AddAsync(-1, CancellationToken.None));
        return ChangeResult.Done;
    }

    /// <remarks>Not repeatable: a visit whose answer was lost would be taken twice.</remarks>
    public async ValueTask<VisitResult> TakeVisitAsync(ShortCode code, CancellationToken cancellationToken)
    {
        var taken = await database.UpdateAsync(
            new UpdateItemRequest
            {
                TableName = Table,
                Key = LinkItem.Key(code),
                UpdateExpression = $"ADD {LinkItem.Visits} :one",
                ConditionExpression = $"attribute_exists({LinkItem.MaxVisits}) AND (attribute_not_exists({LinkItem.Visits}) OR {LinkItem.Visits} < {LinkItem.MaxVisits})",
                ExpressionAttributeValues = new() { [":one"] = Item.Number(1) },
            },
            repeatable: false,
            cancellationToken);
        if (taken is not null) return VisitResult.Taken;
        if (await ReadAsync(code, cancellationToken) is not { Link: var link }) return VisitResult.Missing;
        return link.MaxVisits is null ? VisitResult.Taken : VisitResult.UsedUp;
    }

    public async ValueTask<LinkPage> ListAsync(LinkQuery query, CancellationToken cancellationToken) => await _pages.ReadAsync(query, cancellationToken);

    public async ValueTask<long> CountAsync(CancellationToken cancellationToken) => await _count.ReadAsync(cancellationToken);

    public async ValueTask<IReadOnlyList<ShortCode>> SweepAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken)
    {
        var swept = await _sweep.RunAsync(endedBefore, limit, cancellationToken);
        if (swept.Interruption is { } interruption) Log.Interrupted(logger, swept.Removed.Count, interruption.Message);
        await TidyAsync(() => lists.RemoveAsync(swept.Removed.SelectMany(static link => LinkEntries.Of(link.Link, link.Place)), CancellationToken.None));
        await TidyAsync(() => lists.ForgetAsync(swept.Orphans, CancellationToken.None));
        await TidyAsync(() => _count.AddAsync(-swept.Removed.Count, CancellationToken.None));
        return [.. swept.Removed.Select(static link => link.Link.Code)];
    }

    public async IAsyncEnumerable<ShortCode> ReadLookalikesAsync(int length, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new LinkListReader(database, lists, LinkEntries.Lookalikes(length), descending: false, expected: 10_000);
        string? last = null;
        await foreach (var line in reader.ReadAsync(null, 0, cancellationToken))
        {
            if (line.Entry.Code == last) continue;
            last = line.Entry.Code;
            yield return ShortCode.Parse(last);
        }
    }

    // The driver may put twice when an answer was lost: then the condition finds our own link, which our place in it tells.
    private async Task<bool> TryAddAsync(StoredLink addition, CancellationToken cancellationToken)
    {
        var item = LinkItem.Fields(addition.Link);
        item[DynamoDbTables.Key] = Item.Text(addition.Link.Code.Value);
        item[LinkItem.Place] = Item.Text(addition.Place.Text);
        if (await database.PutAsync(new PutItemRequest { TableName = Table, Item = item, ConditionExpression = IsNotThere }, cancellationToken)) return true;
        return await ReadAsync(addition.Link.Code, cancellationToken) is { } there && there.Place == addition.Place;
    }

    private async Task<StoredLink?> ReadAsync(ShortCode code, CancellationToken cancellationToken) =>
        await database.GetAsync(Table, LinkItem.Key(code), strong: true, cancellationToken) is { } item ? LinkItem.Read(item) : null;

    private UpdateItemRequest Replacement(Link link, StoredLink stored)
    {
        var fields = LinkItem.Fields(link);
        fields.Remove(LinkItem.Visits); // those that were taken stay
        var absent = LinkItem.OptionalFields.Where(name => !fields.ContainsKey(name)).ToArray();
        var request = new UpdateItemRequest
        {
            TableName = Table,
            Key = LinkItem.Key(link.Code),
            ConditionExpression = $"#{LinkItem.Version} = :expected AND #{LinkItem.Place} = :place",
            UpdateExpression = "SET " + string.Join(", ", fields.Keys.Select(static name => $"#{name} = :{name}"))
                + (absent.Length == 0 ? "" : " REMOVE " + string.Join(", ", absent.Select(static name => "#" + name))),
            ExpressionAttributeNames = fields.Keys.Concat(absent).Append(LinkItem.Place).ToDictionary(static name => "#" + name),
            ExpressionAttributeValues = fields.ToDictionary(static field => ":" + field.Key, static field => field.Value),
        };
        request.ExpressionAttributeValues[":expected"] = Item.Number(stored.Link.Version);
        request.ExpressionAttributeValues[":place"] = Item.Text(stored.Place.Text);
        return request;
    }

    // What is done is done: a line left behind is seen through by readers, a count is off by one.
    private async Task TidyAsync(Func<Task> tidy)
    {
        try
        {
            await tidy();
        }
        catch (StoreUnavailableException e)
        {
            Log.LeftBehind(logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6101, LogLevel.Information, "A link was written; lines in lists or a count were not: {Reason} Readers see through the lines and remove them later")]
        public static partial void LeftBehind(ILogger logger, string reason);

        [LoggerMessage(6102, LogLevel.Warning, "A sweep ended after {Count} links: {Reason} The next one goes on")]
        public static partial void Interrupted(ILogger logger, int count, string reason);
    }
}
