using Terse.Codes;
using Terse.Links;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.DynamoDb;

[NeedsServers]
public sealed class DynamoDbFaultTests : IAsyncLifetime
{
    private readonly DynamoDbTestTables _tables = new();
    private DynamoDbProxy _proxy = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _proxy = await DynamoDbProxy.StartAsync((await _tables.OptionsAsync()).ServiceUrl);

    public async ValueTask DisposeAsync()
    {
        _tables.Dispose();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Throttled_calls_are_tried_again_until_they_pass()
    {
        var store = await OpenAsync();
        _proxy.Decide = static (_, _, number) => number % 3 == 0 ? Fate.Passes : Fate.IsThrottled;

        Assert.Equal(AddResult.Added, await store.AddAsync(ALink.Of("code"), Cancellation));
        Assert.Equal(ChangeResult.Done, await store.RemoveAsync(ShortCode.Parse("code"), null, Cancellation));
    }

    [Theory]
    [InlineData("IsThrottled")]
    [InlineData("Fails")]
    [InlineData("IsLost")]
    public async Task What_stays_so_is_told_as_an_unavailable_store(string fate)
    {
        var store = await OpenAsync();
        _proxy.Decide = (_, _, _) => Enum.Parse<Fate>(fate);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.FindAsync(ShortCode.Parse("code"), Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.AddAsync(ALink.Of("code"), Cancellation));
    }

    [Fact]
    public async Task Retries_end_when_their_budget_is_spent()
    {
        var store = await OpenAsync(attempts: 20);
        _proxy.Decide = static (_, _, _) => Fate.IsThrottled;
        var before = _proxy.Calls;

        // 19 retries each would be 1,900. Time must not count here, so they all wait at once.
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.FindAsync(ShortCode.Parse("code"), Cancellation))));

        Assert.InRange(_proxy.Calls - before, 500, 600);
    }

    [Fact]
    public async Task A_link_whose_addition_lost_its_answer_is_still_told_as_added()
    {
        var store = await OpenAsync();
        _proxy.Decide = Once("PutItem", Fate.LosesItsAnswer);

        Assert.Equal(AddResult.Added, await store.AddAsync(ALink.Of("code"), Cancellation));
    }

    [Fact]
    public async Task A_change_that_lost_its_answer_is_not_done_twice()
    {
        var store = await OpenAsync();
        var link = ALink.Of("code") with { MaxVisits = 5 };
        await store.AddAsync(link, Cancellation);

        _proxy.Decide = Once("UpdateItem", Fate.LosesItsAnswer);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.TakeVisitAsync(link.Code, Cancellation));
        _proxy.Decide = Once("DeleteItem", Fate.LosesItsAnswer);
        Assert.Equal(1, (await store.FindAsync(link.Code, Cancellation))!.Visits);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.RemoveAsync(link.Code, null, Cancellation));

        Assert.Null(await store.FindAsync(link.Code, Cancellation));
    }

    [Fact]
    public async Task A_sweep_that_fails_midway_tells_of_what_it_removed()
    {
        var store = await OpenAsync(attempts: 1);
        for (var number = 0; number < 4; number++) await store.AddAsync(ALink.EndingAt($"code{number}", ALink.Created.AddDays(number)), Cancellation);
        var removals = 0;
        _proxy.Decide = (operation, _, _) => operation == "BatchWriteItem" || operation == "DeleteItem" && Interlocked.Increment(ref removals) > 2 ? Fate.Fails : Fate.Passes;

        var swept = await store.SweepAsync(ALink.Created.AddYears(1), 10, Cancellation);

        Assert.Equal(2, swept.Count);
        _proxy.Decide = static (operation, _, _) => operation == "DeleteItem" ? Fate.Fails : Fate.Passes;
        foreach (var code in swept) Assert.Null(await store.FindAsync(code, Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.SweepAsync(ALink.Created.AddYears(1), 10, Cancellation));
        _proxy.Decide = static (_, _, _) => Fate.Passes;
        Assert.Equal(2, (await store.SweepAsync(ALink.Created.AddYears(1), 10, Cancellation)).Count);
    }

    [Fact]
    public async Task A_link_that_an_eventual_read_does_not_find_is_read_again_strongly()
    {
        var store = await OpenAsync(consistency: "Eventual");
        await store.AddAsync(ALink.Of("new"), Cancellation);
        var strong = 0;
        _proxy.Decide = (operation, body, _) =>
        {
            if (operation != "GetItem") return Fate.Passes;
            if (!body.Contains("\"ConsistentRead\":true", StringComparison.Ordinal)) return Fate.FindsNothing;
            strong++;
            return Fate.Passes;
        };

        Assert.NotNull(await store.FindAsync(ShortCode.Parse("new"), Cancellation));
        Assert.Equal(1, strong);
    }

    [Fact]
    public async Task Two_servers_make_links_at_once_without_a_duplicate_or_a_loss()
    {
        var settings = await _tables.SettingsAsync();
        await using var one = await TerseInstance.StartAsync(settings);
        await using var other = await TerseInstance.StartAsync(settings);
        var each = int.Parse(Environment.GetEnvironmentVariable("TERSE_TWO_NODES_LINKS") ?? "400", System.Globalization.CultureInfo.InvariantCulture) / 8;

        var codes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            var made = new List<(string Code, string Url)>();
            var node = worker % 2 == 0 ? one : other;
            for (var n = 0; n < each; n++)
            {
                var url = $"https://example.com/{worker}/{n}";
                made.Add(((await node.CreateAsync(new { url })).Text("code"), url));
            }

            return made;
        }));

        var all = codes.SelectMany(made => made).ToList();
        Assert.Equal(all.Count, all.Select(link => link.Code).Distinct().Count());
        foreach (var (code, url) in all)
        {
            using var answer = await other.Anonymous.GetAsync("/" + code, Cancellation);
            Assert.Equal(url, answer.Headers.Location?.ToString());
        }
    }

    private async Task<ILinkStore> OpenAsync(int attempts = 6, string consistency = "Strong")
    {
        var store = await _tables.OpenLinksAsync(options => (options.ServiceUrl, options.MaxAttempts, options.Consistency) = (_proxy.Url, attempts, consistency));
        await store.FindAsync(ShortCode.Parse("warm-up"), Cancellation);
        return store;
    }

    private static Func<string, string, int, Fate> Once(string operation, Fate fate)
    {
        var done = 0;
        return (called, _, _) => called == operation && Interlocked.Exchange(ref done, 1) == 0 ? fate : Fate.Passes;
    }
}
