using Terse.Links;
using Terse.Redirects;

namespace Terse.Tests.Redirects;

public sealed class StalenessTests
{
    [Fact]
    public async Task Stampede_of_a_thousand_callers_reads_the_store_once()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("hot");
        server.Store.Hold();
        var callers = Enumerable.Range(0, 1000).Select(_ => server.GetAsync("/hot")).ToArray();
        await Eventually.Is(999, () => server.Count(RedirectCount.Coalesced));
        server.Store.Release();
        foreach (var response in await Task.WhenAll(callers)) Assert.Equal(302, (int)response.StatusCode);
        Assert.Equal((1, 1L), (server.Store.Reads, server.Count(RedirectCount.Flights)));
    }

    [Fact]
    public async Task Hits_never_extend_the_time_to_live()
    {
        await using var server = await RedirectServer.StartAsync(("L1Ttl", "00:01:00"));
        server.Put("abc", "https://old.example/");
        Assert.Equal("https://old.example/", await LocationAsync(server));
        server.Put("abc", "https://new.example/", link => link with { Version = link.Version + 1 });
        for (var second = 1; second < 54; second++)
        {
            server.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("https://old.example/", await LocationAsync(server));
        }
        server.Time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal("https://new.example/", await LocationAsync(server));
    }

    [Fact]
    public async Task Negative_entry_answers_for_its_own_short_time()
    {
        await using var server = await RedirectServer.StartAsync(("NegativeTtl", "00:00:10"));
        foreach (var _ in new int[5])
        {
            using var missing = await server.GetAsync("/abc");
            Assert.Equal(404, (int)missing.StatusCode);
        }
        Assert.Equal((1, 4L), (server.Store.Reads, server.Count(RedirectCount.NegativeHits)));
        server.Put("abc");
        server.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("https://example.com/", await LocationAsync(server));
    }

    [Fact]
    public async Task Created_link_is_followed_at_once_though_its_code_was_unknown_before()
    {
        await using var server = await RedirectServer.StartAsync();
        using (var missing = await server.GetAsync("/abc")) Assert.Equal(404, (int)missing.StatusCode);
        server.Changes.Publish(LinkChange.Created(server.Put("abc")));
        Assert.Equal("https://example.com/", await LocationAsync(server));
    }

    [Fact]
    public async Task Change_is_seen_by_the_next_request_without_a_store_read()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc", "https://old.example/");
        await LocationAsync(server);
        server.Changes.Publish(LinkChange.Changed(server.Put("abc", "https://new.example/", link => link with { Version = link.Version + 1 })));
        Assert.Equal("https://new.example/", await LocationAsync(server));
        Assert.Equal(1, server.Store.Reads);
    }

    [Fact]
    public async Task Removed_link_is_404_to_the_next_request()
    {
        await using var server = await RedirectServer.StartAsync();
        var link = server.Put("abc");
        await LocationAsync(server);
        server.Store.Remove("abc");
        server.Changes.Publish(LinkChange.Removed(link, server.Time.GetUtcNow()));
        using var response = await server.GetAsync("/abc");
        Assert.Equal(404, (int)response.StatusCode);
    }

    [Fact]
    public async Task Slow_reader_never_keeps_an_older_value_over_a_newer_one()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc", "https://old.example/");
        server.Store.Hold();
        var slow = LocationAsync(server);
        await Eventually.Is(1, () => server.Store.Reads);

        // The message of another node carries no link: this node only learns that what it is reading is old.
        var changed = server.Put("abc", "https://new.example/", link => link with { Version = link.Version + 1 });
        server.Changes.Publish(LinkChange.Changed(changed) with { Link = null });
        server.Store.Release();
        Assert.Equal("https://new.example/", await slow);
        Assert.Equal("https://new.example/", await LocationAsync(server));
        Assert.Equal(2, server.Store.Reads);
    }

    [Fact]
    public async Task Slow_reader_of_an_unknown_code_does_not_hide_the_link_made_meanwhile()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Store.Hold();
        var slow = LocationAsync(server);
        await Eventually.Is(1, () => server.Store.Reads);
        server.Changes.Publish(LinkChange.Created(server.Put("abc")));
        server.Store.Release();
        Assert.Equal("https://example.com/", await slow);
        Assert.Equal("https://example.com/", await LocationAsync(server));
    }

    [Fact]
    public async Task Invalidations_that_arrive_out_of_order_leave_the_newest()
    {
        await using var server = await RedirectServer.StartAsync();
        var first = server.Put("abc", "https://1.example/");
        await LocationAsync(server);
        var third = first with { Destination = "https://3.example/", Version = first.Version + 2 };
        server.Store.Set(third);
        server.Changes.Publish(LinkChange.Changed(third));
        server.Changes.Publish(LinkChange.Changed(first with { Destination = "https://2.example/", Version = first.Version + 1 }));
        Assert.Equal("https://3.example/", await LocationAsync(server));
        Assert.Equal(1, server.Store.Reads);
    }

    [Fact]
    public async Task Replica_that_lags_behind_an_invalidation_is_answered_from_but_never_kept()
    {
        await using var server = await RedirectServer.StartAsync();
        var old = server.Put("abc", "https://old.example/");
        server.Changes.Publish(LinkChange.Changed(old with { Version = old.Version + 1 }) with { Link = null });
        Assert.Equal("https://old.example/", await LocationAsync(server));
        server.Put("abc", "https://new.example/", link => link with { Version = old.Version + 1 });
        Assert.Equal("https://new.example/", await LocationAsync(server));
    }

    private static async Task<string?> LocationAsync(RedirectServer server)
    {
        using var response = await server.GetAsync("/abc");
        return response.Headers.Location?.OriginalString;
    }
}
