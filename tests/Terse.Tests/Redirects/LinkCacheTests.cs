using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Terse.Codes;
using Terse.Redirects;

namespace Terse.Tests.Redirects;

public sealed class LinkCacheTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Scan_displaces_nothing_that_is_in_use()
    {
        var cache = Create(megabytes: 4);
        var kept = Enumerable.Range(0, 2000).Select(i => $"kept{i}").ToArray();
        foreach (var code in kept) Put(cache, code);
        foreach (var code in kept) Assert.NotNull(Get(cache, code));
        for (var i = 0; i < 100_000; i++) Put(cache, $"scan{i}");
        Assert.Equal(2000, kept.Count(code => Get(cache, code) is not null));
    }

    [Fact]
    public void Flood_of_unknown_codes_evicts_no_link_and_is_bounded_itself()
    {
        var cache = Create(megabytes: 4);
        for (var i = 0; i < 1000; i++) Put(cache, $"link{i}");
        for (var i = 0; i < 100_000; i++) PutMissing(cache, $"flood{i}");
        Assert.Equal(1000, Enumerable.Range(0, 1000).Count(i => Get(cache, $"link{i}") is not null));
        Assert.InRange(cache.Bytes, 1 << 20, 2 << 20);
    }

    [Fact]
    public async Task Readers_find_what_is_there_while_others_write_and_the_table_grows()
    {
        var cache = Create(megabytes: 64);
        for (var i = 0; i < 100; i++) Put(cache, $"stable{i}");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var reader = Task.Run(
            () =>
            {
                var wrong = 0;
                while (!stop.IsCancellationRequested)
                {
                    for (var i = 0; i < 100; i++)
                    {
                        // A reader may miss while the table grows, and then looks again under the lock; it never finds another code's link.
                        var found = Get(cache, $"stable{i}") ?? Board(cache, $"stable{i}");
                        if (found?.Location != $"https://example.com/stable{i}") wrong++;
                    }
                }
                return wrong;
            },
            TestContext.Current.CancellationToken);
        for (var i = 0; i < 100_000; i++) Put(cache, $"more{i}");
        await stop.CancelAsync();
        Assert.Equal(0, await reader);
    }

    private LinkCache Create(int megabytes)
    {
        var options = Options.Create(new RedirectOptions { L1Megabytes = megabytes, NegativeMegabytes = 1 });
        return new LinkCache(options, new LinkEncoder(options, _time, new Random(1)));
    }

    private CachedLink? Get(LinkCache cache, string code) => cache.TryGetFresh(code, _time.GetTimestamp());

    private CachedLink? Board(LinkCache cache, string code) => cache.Board(ShortCode.Parse(code), _time.GetTimestamp(), out _, out _);

    private void Put(LinkCache cache, string code) => Land(cache, new CachedLink
    {
        Code = code,
        Status = 302,
        Version = 1,
        FreshUntil = long.MaxValue,
        Location = "https://example.com/" + code,
    });

    private void PutMissing(LinkCache cache, string code) => Land(cache, CachedLink.Negative(code, 0, long.MaxValue));

    private void Land(LinkCache cache, CachedLink link)
    {
        if (cache.Board(ShortCode.Parse(link.Code), _time.GetTimestamp(), out var flight, out _) is null) Assert.True(cache.TryLand(flight, link));
    }
}
