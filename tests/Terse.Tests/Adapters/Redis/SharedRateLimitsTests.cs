using Terse.Adapters.Redis;
using Terse.Links;
using Terse.RateLimiting;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Adapters.Redis;

[NeedsServers]
public sealed class SharedRateLimitsTests : RateLimitStoreContract
{
    private readonly string _prefix = Infrastructure.Servers.NewName();
    private RedirectServer _node = null!;
    private RedirectServer _other = null!;
    private SharedRateLimits _store = null!;

    private protected override IRateLimitStore Store => _store;

    public override async ValueTask InitializeAsync()
    {
        var redis = await RedisServer.SharedAsync();
        _node = await RedisNode.StartAsync(redis.Endpoint, _prefix);
        _other = await RedisNode.StartAsync(redis.Endpoint, _prefix);
        await _node.ListensAsync();
        await _other.ListensAsync();
        _store = new SharedRateLimits(_node.Get<RedisConnection>());
    }

    public override async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Two_nodes_share_one_limit()
    {
        IRateLimitStore[] stores = [_store, new SharedRateLimits(_other.Get<RedisConnection>())];
        var rule = new RateLimitRule("rule", RateLimitAlgorithm.TokenBucket, 30, TimeSpan.FromMinutes(1), 30);
        var decisions = await AtOnceAsync(200, i => stores[i % 2].TakeAsync(rule, "subject", Now, Cancellation));
        Assert.Equal(30, decisions.Count(decision => decision.IsAllowed));
    }

    [Fact]
    public async Task Redis_that_is_away_is_a_store_that_is_unavailable()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = await RedisNode.StartAsync(redis.Endpoint, _prefix);
        await node.ListensAsync();
        await redis.KillAsync();
        var rule = new RateLimitRule("rule", RateLimitAlgorithm.TokenBucket, 30, TimeSpan.FromMinutes(1), 30);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await new SharedRateLimits(node.Get<RedisConnection>()).TakeAsync(rule, "subject", Now, Cancellation));
    }
}
