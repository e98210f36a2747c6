using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Codes;
using Terse.Links;
using Terse.Redirects;
using Terse.Tests.Contracts;

namespace Terse.Tests.Redirects;

/// <summary>Measures memory, and so runs in a process of its own: <c>./build.sh</c> leaves this trait out of the other run.</summary>
[Collection(nameof(RunsAlone))]
[Trait("Measures", "Memory")]
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
    [InlineData("GET", false)]
    [InlineData("HEAD", false)]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    public async Task Redirect_allocates_at_most_0_bytes(string method, bool withClicks)
    {
        var directory = Directory.CreateTempSubdirectory("terse-log-").FullName;
        var store = new ScriptedLinkStore();
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddLogging()
            .AddMetrics()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<ILinkStore>(store)
            .AddSingleton<LinkChanges>()
            .AddRedirects()
            .AddClickLog().Configure<RecordingOptions>(clicks => (clicks.Enabled, clicks.Directory, clicks.LogMebibytes) = (withClicks, directory, 16))
            .AddClickRecording()
            .BuildServiceProvider();
        services.GetRequiredService<ClickLog>().Open();
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
        context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
        context.Request.Headers.UserAgent = ARecord.Firefox;
        context.Request.Headers.Referer = "https://example.com/page";
        context.Request.Headers.AcceptLanguage = "de-AT,en;q=0.5";
        context.Request.QueryString = new QueryString("?utm_source=mail");
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
        Assert.Equal(withClicks ? 20_000 : 0, services.GetRequiredService<ClickLog>().Read(0, int.MaxValue).Count);
        services.GetRequiredService<ClickLog>().Dispose();
        Directory.Delete(directory, recursive: true);
    }
}

[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
