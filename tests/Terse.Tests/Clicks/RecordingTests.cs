using Microsoft.Extensions.DependencyInjection;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Clicks;

/// <summary>From the visit over the log, the queue and the worker into the store, all of it real.</summary>
public sealed class RecordingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Followed_link_is_counted_with_what_its_headers_tell()
    {
        await using var server = await StartAsync();
        await server.Terse.CreateAsync(new { url = "https://example.com/", alias = "abc" });

        await server.VisitAsync("/abc?utm_source=mail&utm_campaign=spring", ("User-Agent", ARecord.Firefox), ("Referer", "https://www.reddit.com/r/x"), ("Accept-Language", "de-AT,en;q=0.5"));

        var click = await server.NextAsync();
        Assert.Equal(("abc", ClickKind.Redirected, false), (click.Code!.Value.Value, click.Kind, click.IsBot));
        Assert.Equal(("reddit.com", "Firefox", "Linux", "desktop", "de"), (click.Referrer, click.Browser, click.System, click.Device, click.Language));
        Assert.Equal(("mail", "", "spring"), (click.Source, click.Medium, click.Campaign));
        Assert.NotNull(click.Visitor);
        Assert.Equal(server.Terse.Time.GetUtcNow(), click.At);
        Assert.Equal(1, (await server.CountAsync()).Clicks);
    }

    [Fact]
    public async Task Unknown_code_and_ended_link_are_series_of_their_own()
    {
        await using var server = await StartAsync();
        await server.Terse.CreateAsync(new { url = "https://example.com/", alias = "ended", ttl = "1 hour" });
        server.Terse.Time.Advance(TimeSpan.FromHours(2));

        await server.VisitAsync("/nothing", ("User-Agent", ARecord.Firefox));
        var missing = await server.NextAsync();
        await server.VisitAsync("/ended", ("User-Agent", ARecord.Firefox));
        var ended = await server.NextAsync();

        Assert.Equal((ClickKind.NotFound, null), (missing.Kind, missing.Code));
        Assert.Equal((ClickKind.Ended, "ended"), (ended.Kind, ended.Code!.Value.Value));
        Assert.Equal((0, 1, 1), ((await server.CountAsync()).Clicks, (await server.CountAsync(ClickKind.NotFound)).Clicks, (await server.CountAsync(ClickKind.Ended)).Clicks));
    }

    [Theory]
    [InlineData("Sec-GPC")]
    [InlineData("DNT")]
    public async Task Visitor_who_asks_for_privacy_leaves_nothing_but_a_count(string header)
    {
        await using var server = await StartAsync();
        await server.Terse.CreateAsync(new { url = "https://example.com/", alias = "abc" });

        await server.VisitAsync("/abc?utm_source=mail", (header, "1"), ("User-Agent", ARecord.Firefox), ("Referer", "https://www.reddit.com/r/x"), ("Accept-Language", "de"));

        var click = await server.NextAsync();
        Assert.Equal(("abc", false, null), (click.Code!.Value.Value, click.IsBot, click.Visitor));
        Assert.All(Enum.GetValues<ClickDimension>().Where(dimension => dimension != ClickDimension.Link), dimension => Assert.Equal("", click[dimension]));
        foreach (var file in Directory.GetFiles(Path.Combine(server.Terse.Data, "clicks"), "*.clicks"))
            Assert.DoesNotContain("Firefox", System.Text.Encoding.Latin1.GetString(await ReadSharedAsync(file)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Purpose", "prefetch")]
    [InlineData("Sec-Purpose", "prefetch;prerender")]
    [InlineData("X-Moz", "prefetch")]
    [InlineData("X-Purpose", "preview")]
    [InlineData("User-Agent", "Slackbot-LinkExpanding 1.0")]
    public async Task Visit_that_nobody_sits_before_is_a_click_but_not_a_human(string header, string value)
    {
        await using var server = await StartAsync();
        await server.Terse.CreateAsync(new { url = "https://example.com/", alias = "abc" });

        (string, string)[] headers = header == "User-Agent" ? [(header, value)] : [(header, value), ("User-Agent", ARecord.Firefox)];
        await server.VisitAsync("/abc", headers);

        Assert.True((await server.NextAsync()).IsBot);
        Assert.Equal(new ClickCounts(1, 0, 0), await server.CountAsync());
    }

    [Fact]
    public async Task Preview_and_head_are_no_human_visits()
    {
        await using var server = await StartAsync();
        await server.Terse.CreateAsync(new { url = "https://example.com/", alias = "abc" });

        await server.VisitAsync("/abc+", ("User-Agent", ARecord.Firefox));
        using (var head = new HttpRequestMessage(HttpMethod.Head, "/abc"))
        {
            head.Headers.TryAddWithoutValidation("User-Agent", ARecord.Firefox);
            (await server.Terse.Anonymous.SendAsync(head, Cancellation)).Dispose();
        }

        Assert.True((await server.NextAsync()).IsBot);
        Assert.Equal(new ClickCounts(1, 0, 0), await server.CountAsync());
    }

    [Fact]
    public async Task Visitor_is_one_a_day_and_another_the_next_day()
    {
        await using var server = await StartAsync();
        await server.Terse.CreateAsync(new { url = "https://example.com/", alias = "abc" });
        var visitors = new List<ulong?>();
        foreach (var wait in new[] { 0, 0, 24 })
        {
            server.Terse.Time.Advance(TimeSpan.FromHours(wait));
            await server.VisitAsync("/abc", ("User-Agent", ARecord.Firefox));
            visitors.Add((await server.NextAsync()).Visitor);
        }

        Assert.Equal(visitors[0], visitors[1]);
        Assert.NotEqual(visitors[0], visitors[2]);
        Assert.Equal(new ClickCounts(3, 3, 2), await server.CountAsync());
    }

    [Fact]
    public async Task Nothing_is_recorded_when_clicks_are_off()
    {
        await using var server = await StartAsync(("Terse:Clicks:Enabled", "false"));
        await server.Terse.CreateAsync(new { url = "https://example.com/", alias = "abc" });

        await server.VisitAsync("/abc", ("User-Agent", ARecord.Firefox));

        Assert.Empty(server.Terse.App.Services.GetRequiredService<ClickLog>().Read(0, 10));
    }

    [Fact]
    public async Task Full_log_counts_what_it_leaves_out_and_redirects_go_on()
    {
        await using var terse = await TerseInstance.StartAsync(configure: WithoutWorker);
        await terse.CreateAsync(new { url = "https://example.com/", alias = "abc" });
        var log = terse.App.Services.GetRequiredService<ClickLog>();
        while (log.TryAppend(ARecord.Body("abc")))
        {
        }

        // Below the size of the record that did not fit there may still be room for a smaller one.
        while (log.TryAppend([1]))
        {
        }
        using var found = await terse.Anonymous.GetAsync("/abc", Cancellation);
        using var missing = await terse.Anonymous.GetAsync("/nothing", Cancellation);

        Assert.Equal((302, 404), ((int)found.StatusCode, (int)missing.StatusCode));
        var metrics = terse.App.Services.GetRequiredService<ClickMetrics>();
        Assert.Equal((1, 1, 0), (metrics.Shed(ClickKind.Redirected), metrics.Shed(ClickKind.NotFound), metrics.Shed(ClickKind.Ended)));
    }

    [Fact]
    public async Task What_a_run_did_not_get_to_is_counted_by_the_next()
    {
        var data = Directory.CreateTempSubdirectory("terse-test-").FullName;
        try
        {
            await using (var without = await TerseInstance.StartAsync(data: data, configure: WithoutWorker))
            {
                await without.CreateAsync(new { url = "https://example.com/", alias = "abc" });
                for (var i = 0; i < 5; i++) (await without.Anonymous.GetAsync("/abc", Cancellation)).Dispose();
            }

            var listener = new Listener();
            await using var with = await TerseInstance.StartAsync(data: data, configure: services => services.AddSingleton<IClickListener>(listener));
            for (var i = 0; i < 5; i++) Assert.Equal("abc", (await listener.NextAsync()).Code!.Value.Value);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static void WithoutWorker(IServiceCollection services) =>
        services.Remove(services.Single(service => service.ImplementationType == typeof(ClickWorker)));

    private static async Task<Server> StartAsync(params (string Name, string Value)[] settings)
    {
        var listener = new Listener();
        var terse = await TerseInstance.StartAsync(
            settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value), configure: services => services.AddSingleton<IClickListener>(listener));
        return new Server(terse, listener);
    }

    private static async Task<byte[]> ReadSharedAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, Cancellation);
        return bytes;
    }

    private sealed class Server(TerseInstance terse, Listener listener) : IAsyncDisposable
    {
        public TerseInstance Terse => terse;

        public async Task VisitAsync(string path, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
            (await terse.Anonymous.SendAsync(request, Cancellation)).Dispose();
        }

        public Task<EnrichedClick> NextAsync() => listener.NextAsync();

        public async Task<ClickCounts> CountAsync(ClickKind kind = ClickKind.Redirected)
        {
            var now = terse.Time.GetUtcNow();
            var query = new ClickQuery(null, now.Date.ToUniversalTime().AddYears(-1), now.Date.ToUniversalTime().AddYears(1), kind);
            var series = await terse.App.Services.GetRequiredService<IClickStore>().ReadSeriesAsync(query, ClickUnit.Day, Cancellation);
            return series.Aggregate(default(ClickCounts), (sum, point) => sum + point.Counts);
        }

        public ValueTask DisposeAsync() => terse.DisposeAsync();
    }

    private sealed class Listener : IClickListener
    {
        private readonly System.Threading.Channels.Channel<EnrichedClick> _clicks = System.Threading.Channels.Channel.CreateUnbounded<EnrichedClick>();

        public void OnWritten(IReadOnlyList<EnrichedClick> clicks)
        {
            foreach (var click in clicks) _clicks.Writer.TryWrite(click);
        }

        public async Task<EnrichedClick> NextAsync() => await _clicks.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
    }
}
