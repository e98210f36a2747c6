using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Terse.Codes;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Tests.Redirects;

/// <summary>Measures memory, and so runs while no other test does.</summary>
[Collection(nameof(RunsAlone))]
public sealed class RedirectMemoryTests
{
    [Fact]
    public void Cache_stays_within_its_bytes()
    {
        var time = new FakeTimeProvider();
        var options = Options.Create(new RedirectOptions { L1Megabytes = 16, NegativeMegabytes = 1 });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var cache = new LinkCache(options, new LinkEncoder(options, time, new Random(1)));
        for (var i = 0; i < 200_000; i++)
        {
            var code = $"code{i}";
            cache.Board(ShortCode.Parse(code), 0, out var flight, out _);
            cache.TryLand(flight, new CachedLink { Code = code, Status = 302, Version = 1, FreshUntil = long.MaxValue, Location = "https://example.com/" + code });
        }
        var used = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.InRange(cache.Bytes, 15 << 20, 16 << 20);
        Assert.InRange(used / (double)cache.Bytes, 0.85, 1.05);
        GC.KeepAlive(cache);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Redirect_allocates_at_most_0_bytes(string method)
    {
        var store = new ScriptedLinkStore();
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddLogging()
            .AddMetrics()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<ILinkStore>(store)
            .AddSingleton<LinkChanges>()
            .AddRedirects()
            .BuildServiceProvider();
        var app = new ApplicationBuilder(services).UseRedirects().Build();
        var now = TimeProvider.System.GetUtcNow();
        var paths = new PathString[100];
        for (var i = 0; i < paths.Length; i++)
        {
            var code = ShortCode.Parse($"code{i}");
            store.Set(new Link { Code = code, Destination = $"https://example.com/{i}", CreatedAt = now, EndsAt = now.AddYears(5), Owner = "test", Version = 1 });
            paths[i] = "/" + code;
        }

        // Kestrel's own part is left out: the request and the header dictionary are made once, as Kestrel does per connection.
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Method = method;
        var allocated = 0L;
        for (var i = 0; i < 20_000; i++)
        {
            if (i == 10_000) allocated = GC.GetAllocatedBytesForCurrentThread();
            context.Request.Path = paths[i % paths.Length];
            context.Response.Headers.Clear();
            var answer = app(context);
            if (i >= paths.Length) Assert.True(answer.IsCompletedSuccessfully && context.Response.StatusCode == 302);
            else await answer;
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        // What is left is the background's (tiered compilation patches call sites now and then): less than one byte in ten redirects.
        Assert.InRange(allocated / 10_000.0, 0, 0.1);
    }
}

[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
