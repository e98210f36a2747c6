using Terse.Links;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Adapters.Redis;

/// <summary>L2 and backplane on a Redis Cluster of six and on a primary with sentinels, each losing a primary under load.</summary>
[NeedsServers]
public sealed class RedisTopologyTests
{
    private const int Links = 100;
    private readonly ScriptedLinkStore _store = new();
    private readonly (string Path, string Destination)[] _links = [.. Enumerable.Range(0, Links).Select(i => ($"/link{i}", $"https://{i}.example/"))];

    [Fact]
    public async Task Cluster_that_loses_a_primary_under_load_fails_no_redirect_and_goes_on()
    {
        await using var cluster = await RedisCluster.StartAsync();
        var lost = await cluster.PrimaryOfAsync("t:link:link0");
        await LosesAsync(cluster.Endpoints, "", lost);
    }

    [Fact]
    public async Task Sentinels_that_lose_the_primary_under_load_fail_no_redirect_and_go_on()
    {
        await using var sentinels = await RedisSentinels.StartAsync();
        await LosesAsync(sentinels.Endpoints, RedisSentinels.ServiceName, sentinels.Primary);
    }

    private async Task LosesAsync(string endpoints, string serviceName, RedisServer lost)
    {
        await using var a = await StartNodeAsync(endpoints, serviceName, "00:00:01");
        await using var b = await StartNodeAsync(endpoints, serviceName, "01:00:00");
        var link = Put(a, "link0", "https://0.example/");
        foreach (var (path, destination) in _links[1..]) Put(a, path[1..], destination);

        var edited = Put(a, "edited", "https://old.example/");
        Assert.Equal("https://old.example/", await b.LocationAsync("/edited"));

        await using var load = new RedirectLoad(a.Client, _links);
        await load.MoreAsync(4 * Links);
        await lost.KillAsync();
        await load.MoreAsync(4 * Links);

        // L2 is written to again, in the slots of the lost primary too, and the backplane is heard, wherever the subscription went.
        await RedisNode.UntilAsync(() => IsSharedAsync(b, link));
        var changed = edited with { Version = edited.Version + 1, Destination = "https://new.example/" };
        _store.Set(changed);
        a.Changes.Publish(LinkChange.Changed(changed));
        await RedisNode.UntilAsync(async () => await b.LocationAsync("/edited") == "https://new.example/");
        await load.MoreAsync(4 * Links);
        Assert.Empty(load.Failures);
    }

    private static async Task<bool> IsSharedAsync(RedirectServer node, Link link)
    {
        try
        {
            return await node.Shared().ReadAsync(link.Code, isHot: false) is not null;
        }
        catch (Exception exception) when (Terse.Adapters.Redis.RedisFault.IsAway(exception))
        {
            return false;
        }
    }

    private async Task<RedirectServer> StartNodeAsync(string endpoints, string serviceName, string l1Ttl)
    {
        var node = await RedisNode.StartAsync(endpoints, "t:", _store, realTime: true, serviceName, ("L1Ttl", l1Ttl), ("StoreTimeout", "00:00:30"));
        await node.ListensAsync();
        return node;
    }

    private Link Put(RedirectServer node, string code, string destination)
    {
        var link = node.Put(code, destination, link => link with { EndsAt = TimeProvider.System.GetUtcNow().AddYears(1) });
        _store.Set(link);
        return link;
    }
}
