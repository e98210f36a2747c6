using Amazon.DynamoDBv2.Model;
using Microsoft.Extensions.Time.Testing;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.DynamoDb;

/// <summary>A node that dies between a link and its lines harms nothing, wherever it dies.</summary>
[NeedsServers]
public sealed class DynamoDbCrashTests : IDisposable
{
    private readonly DynamoDbTestTables _tables = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Link Tagged(params string[] tags) => ALink.Of("code", "https://words.example/") with { Tags = tags };

    [Fact]
    public async Task Wherever_a_node_dies_while_it_adds_the_link_is_whole_or_absent()
    {
        for (var steps = 0; steps < 6; steps++)
        {
            using var tables = new DynamoDbTestTables();
            var survivor = await tables.OpenLinksAsync();
            await survivor.CountAsync(Cancellation);
            await DieAsync(tables, steps, node => node.AddAsync(Tagged("red"), Cancellation).AsTask());

            var there = await survivor.FindAsync(ShortCode.Parse("code"), Cancellation) is not null;
            await AssertSeenEverywhereAsync(survivor, there ? 1 : 0);
            Assert.Equal(there ? AddResult.Taken : AddResult.Added, await survivor.AddAsync(Tagged("red"), Cancellation));
            await AssertSeenEverywhereAsync(survivor, 1);
            Assert.Equal(1, await (await tables.OpenLinksAsync()).CountAsync(Cancellation));
        }
    }

    [Fact]
    public async Task Wherever_a_node_dies_while_it_removes_the_link_is_whole_or_absent()
    {
        for (var steps = 0; steps < 4; steps++)
        {
            using var tables = new DynamoDbTestTables();
            var survivor = await tables.OpenLinksAsync();
            await survivor.AddAsync(Tagged("red"), Cancellation);
            await DieAsync(tables, steps, node => node.RemoveAsync(ShortCode.Parse("code"), null, Cancellation).AsTask());

            var there = await survivor.FindAsync(ShortCode.Parse("code"), Cancellation) is not null;
            await AssertSeenEverywhereAsync(survivor, there ? 1 : 0);
            await survivor.RemoveAsync(ShortCode.Parse("code"), null, Cancellation);
            Assert.Equal(AddResult.Added, await survivor.AddAsync(Tagged("red"), Cancellation));
            await AssertSeenEverywhereAsync(survivor, 1);
        }
    }

    [Fact]
    public async Task Wherever_a_node_dies_while_it_replaces_lists_follow_the_link()
    {
        for (var steps = 0; steps < 6; steps++)
        {
            using var tables = new DynamoDbTestTables();
            var survivor = await tables.OpenLinksAsync();
            var link = Tagged("red");
            await survivor.AddAsync(link, Cancellation);
            await DieAsync(tables, steps, node => node.ReplaceAsync(Tagged("blue") with { Version = link.Version + 1 }, link.Version, Cancellation).AsTask());

            var now = await survivor.FindAsync(ShortCode.Parse("code"), Cancellation);
            Assert.Equal(now!.Tags, await TagsThatListItAsync(survivor));
            await survivor.ReplaceAsync(Tagged("red") with { Version = now.Version + 1 }, now.Version, Cancellation);
            Assert.Equal(["red"], await TagsThatListItAsync(survivor));
        }
    }

    [Fact]
    public async Task A_slow_removal_of_a_line_does_not_take_away_what_a_later_change_put_there()
    {
        await using var proxy = await DynamoDbProxy.StartAsync((await _tables.OptionsAsync()).ServiceUrl);
        var slow = await _tables.OpenLinksAsync(options => options.ServiceUrl = proxy.Url);
        var other = await _tables.OpenLinksAsync();
        var link = Tagged("red");
        await other.AddAsync(link, Cancellation);
        proxy.Decide = static (operation, body, _) => operation == "DeleteItem" && body.Contains("tag:red", StringComparison.Ordinal) ? Fate.IsHeld : Fate.Passes;

        var replacing = slow.ReplaceAsync(Tagged("blue") with { Version = link.Version + 1 }, link.Version, Cancellation).AsTask();
        await proxy.Held.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        Assert.Equal(ChangeResult.Done, await other.ReplaceAsync(Tagged("red") with { Version = link.Version + 2 }, link.Version + 1, Cancellation));
        proxy.Release.SetResult();
        await replacing;

        Assert.Equal(["red"], await TagsThatListItAsync(other));
    }

    [Fact]
    public async Task Lines_that_a_dead_node_left_are_removed_by_readers_once_they_are_old()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var database = await _tables.OpenAsync();
        var survivor = DynamoDbTestTables.Links(database, time);
        await survivor.CountAsync(Cancellation);
        await DieAsync(_tables, steps: 2, node => node.AddAsync(Tagged(), Cancellation).AsTask(), time);
        Assert.NotEqual(0, await LinesAsync());

        // An addition may still be under way: its lines stay.
        await survivor.ListAsync(new LinkQuery(10), Cancellation);
        Assert.NotEqual(0, await LinesAsync());

        time.Advance(TimeSpan.FromHours(2));
        await survivor.ListAsync(new LinkQuery(10), Cancellation);
        await survivor.ListAsync(new LinkQuery(10, Owner: "Owner00001"), Cancellation);
        await survivor.ListAsync(new LinkQuery(10, Search: "words"), Cancellation);
        await survivor.ListAsync(new LinkQuery(10, Search: "example"), Cancellation);
        await survivor.ListAsync(new LinkQuery(10, Search: "code"), Cancellation);
        await survivor.SweepAsync(time.GetUtcNow().AddYears(20), 10, Cancellation);
        Assert.Equal(0, await LinesAsync());

        async Task<int> LinesAsync()
        {
            var all = await database.ScanAsync(new ScanRequest { TableName = database.Tables.Lists, FilterExpression = "attribute_exists(c)" }, Cancellation);
            return all.Count ?? 0;
        }
    }

    public void Dispose() => _tables.Dispose();

    /// <summary>Does the work on a node of its own, of whose calls only the first few that write arrive.</summary>
    private static async Task DieAsync(DynamoDbTestTables tables, int steps, Func<ILinkStore, Task> work, TimeProvider? time = null)
    {
        await using var proxy = await DynamoDbProxy.StartAsync((await tables.OptionsAsync()).ServiceUrl);
        var node = await tables.OpenLinksAsync(
            options =>
            {
                options.ServiceUrl = proxy.Url;
                options.MaxAttempts = 1;
            },
            time);
        await node.FindAsync(ShortCode.Parse("warm-up"), Cancellation);
        var writes = 0;
        proxy.Decide = (operation, _, _) => operation is "GetItem" or "Query" or "BatchGetItem" || Interlocked.Increment(ref writes) <= steps ? Fate.Passes : Fate.IsLost;
        try
        {
            await work(node);
        }
        catch (StoreUnavailableException)
        {
            // It died before its answer; otherwise it died with something left to tidy up.
        }
    }

    private static async Task AssertSeenEverywhereAsync(ILinkStore store, int times)
    {
        foreach (var query in new[] { new LinkQuery(10), new LinkQuery(10, Owner: "Owner00001"), new LinkQuery(10, Tag: "red"), new LinkQuery(10, Search: "words"), new LinkQuery(10, Search: "wo") })
            Assert.Equal(times, (await store.ListAsync(query, Cancellation)).Links.Count);
    }

    private static async Task<List<string>> TagsThatListItAsync(ILinkStore store)
    {
        var tags = new List<string>();
        foreach (var tag in new[] { "blue", "red" })
            if ((await store.ListAsync(new LinkQuery(10, Tag: tag), Cancellation)).Links.Count > 0) tags.Add(tag);
        return tags;
    }
}
