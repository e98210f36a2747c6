using Terse.Links;
using Terse.Redirects;

namespace Terse.Tests.Redirects;

public sealed class StoreOutageTests
{
    [Fact]
    public async Task Store_down_serves_stale_links_and_counts_them()
    {
        await using var server = await RedirectServer.StartAsync(("StaleFor", "01:00:00"));
        server.Put("abc", with: link => link with { EdgeTtl = TimeSpan.FromMinutes(5) });
        await StatusAsync(server, "/abc");
        server.Store.Down = true;
        server.Time.Advance(TimeSpan.FromMinutes(30));
        using var stale = await server.GetAsync("/abc");
        Assert.Equal(302, (int)stale.StatusCode);
        Assert.Equal("no-store", stale.Headers.CacheControl!.ToString());
        Assert.Equal(1, server.Count(RedirectCount.StaleServed));
    }

    [Fact]
    public async Task Stale_links_are_served_for_no_longer_than_their_bound()
    {
        await using var server = await RedirectServer.StartAsync(("StaleFor", "01:00:00"), ("L1Ttl", "00:01:00"));
        server.Put("abc");
        await StatusAsync(server, "/abc");
        server.Store.Down = true;
        server.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(503, await StatusAsync(server, "/abc"));
    }

    [Fact]
    public async Task Stale_link_still_ends_at_its_end()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc", with: link => link with { EndsAt = server.Time.GetUtcNow().AddMinutes(10) });
        await StatusAsync(server, "/abc");
        server.Store.Down = true;
        server.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(410, await StatusAsync(server, "/abc"));
    }

    [Fact]
    public async Task Link_that_is_known_to_have_changed_is_not_served_stale()
    {
        await using var server = await RedirectServer.StartAsync();
        var link = server.Put("abc");
        await StatusAsync(server, "/abc");
        server.Store.Down = true;
        server.Changes.Publish(LinkChange.Removed(link, server.Time.GetUtcNow()));
        Assert.Equal(503, await StatusAsync(server, "/abc"));
    }

    [Fact]
    public async Task Unknown_code_is_503_with_retry_after_while_the_store_is_down()
    {
        await using var server = await RedirectServer.StartAsync(("StoreRetryAfter", "00:00:07"));
        server.Store.Down = true;
        using var response = await server.GetAsync("/abc");
        Assert.Equal((503, 7), ((int)response.StatusCode, (int)response.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Store_that_keeps_failing_is_left_alone_and_tried_again_by_one()
    {
        await using var server = await RedirectServer.StartAsync(("StoreRetryAfter", "00:00:10"));
        server.Store.Down = true;
        for (var i = 0; i < 50; i++) Assert.Equal(503, await StatusAsync(server, $"/code{i}"));
        Assert.Equal(5, server.Store.Reads);

        server.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(503, await StatusAsync(server, "/first"));
        Assert.Equal(503, await StatusAsync(server, "/second"));
        Assert.Equal(6, server.Store.Reads);

        server.Store.Down = false;
        server.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(404, await StatusAsync(server, "/third"));
        Assert.Equal(404, await StatusAsync(server, "/fourth"));
    }

    [Fact]
    public async Task Who_waits_for_a_place_while_the_store_turns_out_to_be_down_waits_no_longer()
    {
        await using var server = await RedirectServer.StartAsync(("StoreConcurrency", "1"), ("StoreTimeout", "00:01:00"), ("StoreRetryAfter", "00:05:00"));
        server.Store.Down = true;
        for (var i = 0; i < 4; i++) Assert.Equal(503, await StatusAsync(server, $"/code{i}"));
        server.Store.Hold();
        var last = StatusAsync(server, "/last");
        await Eventually.Is(5, () => server.Store.Reads);
        var waiting = StatusAsync(server, "/waiting");
        await Eventually.Is(6, () => server.Count(RedirectCount.Flights));

        server.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((503, 503, 5), (await last, await waiting, server.Store.Reads));
    }

    [Fact]
    public async Task Store_that_does_not_answer_in_time_counts_as_down()
    {
        await using var server = await RedirectServer.StartAsync(("StoreTimeout", "00:00:02"));
        server.Store.Hold();
        var waiting = StatusAsync(server, "/abc");
        await Eventually.Is(1, () => server.Store.Reads);
        server.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(503, await waiting);
    }

    [Fact]
    public async Task Only_so_many_reads_reach_the_store_at_once()
    {
        await using var server = await RedirectServer.StartAsync(("StoreConcurrency", "2"), ("StoreTimeout", "00:01:00"));
        server.Store.Hold();
        var waiting = Enumerable.Range(0, 10).Select(i => StatusAsync(server, $"/code{i}")).ToArray();
        await Eventually.Is(10, () => server.Count(RedirectCount.Flights));
        await Eventually.Is(2, () => server.Store.Reads);
        server.Store.Release();
        Assert.All(await Task.WhenAll(waiting), status => Assert.Equal(404, status));
        Assert.Equal(10, server.Store.Reads);
    }

    private static async Task<int> StatusAsync(RedirectServer server, string path)
    {
        using var response = await server.GetAsync(path);
        return (int)response.StatusCode;
    }
}
