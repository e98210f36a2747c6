using Terse.Adapters.Redis;
using Terse.Links;
using Terse.Redirects;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Adapters.Redis;

/// <summary>Redis, the store, or both go away under load, by the real clock. L1 entries live for a second, so that what lies behind is asked all the time.</summary>
[NeedsServers]
public sealed class RedisOutageTests : IAsyncLifetime
{
    private const int Links = 200;
    private readonly ScriptedLinkStore _store = new();
    private readonly string _prefix = Infrastructure.Servers.NewName();
    private (string Path, string Destination)[] _links = [];
    private RedisServer _redis = null!;
    private RedirectServer _node = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _node = await StartNodeAsync();
        _links = [.. Enumerable.Range(0, Links).Select(i => ($"/link{i}", $"https://{i}.example/"))];
        foreach (var (path, destination) in _links) Put(path[1..], destination);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Redis_killed_and_restarted_under_load_fails_no_redirect()
    {
        await using var load = new RedirectLoad(_node.Client, _links);
        await HitsGrowAsync();
        await _redis.KillAsync();
        await ReadsGrowAsync();
        await _redis.RestartAsync();
        await HitsGrowAsync();
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task Redis_that_hangs_under_load_fails_no_redirect_and_is_soon_left_alone()
    {
        await using var load = new RedirectLoad(_node.Client, _links);
        await HitsGrowAsync();
        _redis.Pause();
        await RedisNode.UntilAsync(() => Task.FromResult(_node.Get<Gates>().L2.IsShut));
        await ReadsGrowAsync();
        _redis.Resume();
        await HitsGrowAsync();
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task Store_gone_under_load_fails_no_redirect_of_a_link_that_was_followed_before()
    {
        await using var load = new RedirectLoad(_node.Client, _links);
        await load.MoreAsync(2 * Links);
        await HitsGrowAsync();
        _store.Down = true;
        await load.MoreAsync(2 * Links);
        await HitsGrowAsync();
        await using var other = await StartNodeAsync();
        await RedisNode.UntilAsync(async () => await other.LocationAsync("/link7") == "https://7.example/");
        _store.Down = false;
        await load.MoreAsync(2 * Links);
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task Store_and_Redis_gone_under_load_still_redirects_what_L1_holds()
    {
        await using var load = new RedirectLoad(_node.Client, _links);
        await load.MoreAsync(2 * Links);
        await HitsGrowAsync();
        _store.Down = true;
        await _redis.KillAsync();
        await GrowAsync(() => _node.Count(RedirectCount.StaleServed));
        await load.MoreAsync(2 * Links);
        Assert.Equal("503", await _node.LocationAsync("/unknown"));
        _store.Down = false;
        await _redis.RestartAsync();
        await HitsGrowAsync();
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task Start_does_not_wait_for_Redis_and_finds_it_when_it_comes()
    {
        await _redis.KillAsync();
        await using var node = await RedisNode.StartAsync(_redis.Endpoint, _prefix, _store, realTime: true, options: ("L1Ttl", "00:00:01"));
        Assert.Equal("https://1.example/", await node.LocationAsync("/link1"));
        await _redis.RestartAsync();
        await node.ListensAsync();
        await RedisNode.UntilAsync(async () =>
        {
            await node.LocationAsync("/link1");
            return node.Count(RedirectCount.L2Hits) > 0;
        });
    }

    [Fact]
    public async Task Change_made_while_Redis_is_away_reaches_the_others_when_it_is_back()
    {
        await using var other = await StartNodeAsync(("L1Ttl", "01:00:00"));
        Assert.Equal("https://1.example/", await other.LocationAsync("/link1"));
        await _redis.KillAsync();
        var changed = Put("link1", "https://changed.example/", later: 1);
        _node.Changes.Publish(LinkChange.Changed(changed));
        Assert.Equal("https://1.example/", await other.LocationAsync("/link1"));
        await _redis.RestartAsync();
        await RedisNode.UntilAsync(async () => await other.LocationAsync("/link1") == "https://changed.example/");
    }

    [Fact]
    public async Task Message_that_was_lost_with_the_connection_is_made_up_for_soon_after()
    {
        await using var other = await StartNodeAsync(("L1Ttl", "01:00:00"));
        Assert.Equal("https://1.example/", await other.LocationAsync("/link1"));
        await _redis.KillAsync();

        // As if a node had told it meanwhile through a Redis that this one could not reach.
        Put("link1", "https://changed.example/", later: 1);
        await _redis.RestartAsync();
        var took = await RedisNode.UntilAsync(async () => await other.LocationAsync("/link1") == "https://changed.example/");
        Assert.True(took < Backplane.SuspectWithin + TimeSpan.FromSeconds(20), $"It took {took}.");
    }

    private async Task<RedirectServer> StartNodeAsync(params (string Name, string Value)[] options)
    {
        var node = await RedisNode.StartAsync(_redis.Endpoint, _prefix, _store, realTime: true, options: [.. options.Length == 0 ? [("L1Ttl", "00:00:01")] : options, ("StoreTimeout", "00:00:30")]);
        await node.ListensAsync();
        return node;
    }

    // The last link of a test is newer than the first by the given number of versions.
    private Link Put(string code, string destination, int later = 0)
    {
        var now = TimeProvider.System.GetUtcNow();
        var link = _node.Put(code, destination, link => link with { EndsAt = now.AddYears(1), Version = link.Version + later });
        _store.Set(link);
        return link;
    }

    private Task HitsGrowAsync() => GrowAsync(() => _node.Count(RedirectCount.L2Hits));

    private Task ReadsGrowAsync() => GrowAsync(() => _store.Reads);

    private static Task GrowAsync(Func<long> count)
    {
        var from = count();
        return RedisNode.UntilAsync(() => Task.FromResult(count() > from + 50));
    }
}
