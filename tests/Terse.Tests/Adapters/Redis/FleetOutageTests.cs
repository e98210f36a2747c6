using Microsoft.Extensions.DependencyInjection;
using Terse.Redirects;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.Redis;

/// <summary>The whole product on a real PostgreSQL and a real Redis, which are killed under load, one after the other.</summary>
[NeedsServers]
public sealed class FleetOutageTests
{
    private const int Links = 50;
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task PostgreSql_and_Redis_killed_and_restarted_under_load_fail_no_redirect()
    {
        await using var store = await PostgreSqlServer.StartAsync();
        await using var redis = await RedisServer.StartAsync();
        await using var terse = await TerseInstance.StartAsync(
            new()
            {
                ["Terse:Stores:Links"] = "PostgreSql",
                ["Terse:PostgreSql:ConnectionString"] = await store.CreateDatabaseAsync(),
                ["Terse:Redis:Endpoints"] = redis.Endpoint,
                ["Terse:Redirects:L1Ttl"] = "00:00:01",
                ["Terse:Redirects:L2Ttl"] = "00:00:02",
                ["Terse:Redirects:StoreTimeout"] = "00:00:10",
            },
            configure: services => services.AddSingleton(TimeProvider.System));
        var links = new List<(string Path, string Destination)>();
        for (var i = 0; i < Links; i++)
        {
            var destination = $"https://{i}.example/";
            links.Add(($"/{(await terse.CreateAsync(new { url = destination })).Text("code")}", destination));
        }

        await using var load = new RedirectLoad(terse.Anonymous, links);
        var counts = terse.App.Services.GetRequiredService<RedirectMetrics>();
        await load.MoreAsync(4 * Links);
        await GrowsAsync(RedirectCount.L2Hits);

        await store.KillAsync();
        await GrowsAsync(RedirectCount.StaleServed);
        Assert.Equal(503, await StatusAsync("/never-made"));
        await redis.KillAsync();
        await GrowsAsync(RedirectCount.StaleServed);
        Assert.Equal(503, await StatusAsync("/never-made-either"));

        await redis.RestartAsync();
        await store.RestartAsync();
        await GrowsAsync(RedirectCount.L2Hits);
        await RedisNode.UntilAsync(async () => await StatusAsync("/never-made") == 404);
        Assert.Empty(load.Failures);

        async Task GrowsAsync(RedirectCount count)
        {
            var from = counts.Read(count);
            await RedisNode.UntilAsync(() => Task.FromResult(counts.Read(count) > from + Links));
        }

        async Task<int> StatusAsync(string path)
        {
            using var response = await terse.Anonymous.GetAsync(path, Cancellation);
            return (int)response.StatusCode;
        }
    }
}
