using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Terse.Adapters.Redis;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Codes;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Adapters.Redis;

/// <summary>Nodes of a fleet: the redirect slice behind Kestrel, with L2 and the backplane in a real Redis, on one store.</summary>
internal static class RedisNode
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>With <paramref name="realTime"/> the node lives by the system's clock, not by one that stands still.</summary>
    public static async Task<RedirectServer> StartAsync(
        string endpoints, string prefix, ScriptedLinkStore? store = null, bool realTime = false, string serviceName = "", params (string Name, string Value)[] options)
    {
        var node = await RedirectServer.StartAsync(
            services =>
            {
                services.AddSharing(endpoints, prefix, serviceName);
                services.AddSingleton<ICodeRangeStore, InMemoryCodeRangeStore>().AddSingleton<IssuedCodes>();
                if (store is not null) services.AddSingleton<ILinkStore>(store);
                if (realTime) services.AddSingleton(TimeProvider.System);
            },
            options);
        return node;
    }

    public static void AddSharing(this IServiceCollection services, string endpoints, string prefix, string serviceName = "")
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Terse:Redis:Endpoints", endpoints)]).Build();
        services.AddRedis(configuration)
            .Configure<RedisOptions>(redis => (redis.Endpoints, redis.KeyPrefix, redis.ServiceName) = (endpoints, prefix, serviceName));
    }

    /// <summary>
    /// Waits until Redis answers and this node hears what it says itself: changes told from now on are heard. A first try that failed on a busy machine is
    /// repeated after a pause by the node's clock, so that clock goes on for every second that this takes.
    /// </summary>
    public static Task ListensAsync(this RedirectServer node) => ListensAsync(() => node.Get<RedisConnection>().Database is not null && node.Get<Backplane>().IsListening, node.Time);

    public static Task ListensAsync(this TerseInstance node) =>
        ListensAsync(() => node.App.Services.GetRequiredService<RedisConnection>().Database is not null && node.App.Services.GetRequiredService<Backplane>().IsListening, node.Time);

    private static async Task ListensAsync(Func<bool> listens, FakeTimeProvider time)
    {
        var tick = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.Is(1, () =>
        {
            if (listens()) return 1;
            if (tick.Elapsed > TimeSpan.FromSeconds(1))
            {
                time.Advance(TimeSpan.FromSeconds(1));
                tick.Restart();
            }
            return 0;
        });
    }

    public static SharedLinks Shared(this RedirectServer node) => node.Get<SharedLinks>();

    /// <summary>Waits until the condition holds and says how long that took.</summary>
    public static async Task<TimeSpan> UntilAsync(Func<Task<bool>> condition)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Limit, "It did not come about in time.");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        return watch.Elapsed;
    }

    public static async Task<string?> LocationAsync(this RedirectServer node, string path)
    {
        using var response = await node.GetAsync(path);
        return response.Headers.Location?.OriginalString ?? ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
