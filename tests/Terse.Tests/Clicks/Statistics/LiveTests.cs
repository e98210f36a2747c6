using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Terse.Clicks;
using Terse.Clicks.Statistics;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Clicks.Statistics;

/// <summary>The live stream, through HTTP; what the worker would say is said to the same listeners.</summary>
public sealed class LiveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clicks_are_streamed_as_they_are_written_without_anything_of_a_person()
    {
        await using var terse = await TerseInstance.StartAsync();
        await using var stream = await WatchAsync(terse, "live");
        Assert.Equal("heartbeat", (await stream.NextAsync()).Event);

        Tell(terse, AClick.WithEveryField("one", 1), AClick.Of("two", 2) with { IsBot = true, Kind = ClickKind.Ended }, AClick.Missing(3));

        var (name, first) = await stream.NextAsync();
        Assert.Equal("click", name);
        Assert.Equal(
            ["at", "bot", "browser", "campaign", "city", "code", "country", "device", "kind", "language", "medium", "referrer", "source", "system"],
            first.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("one", "clicks", "country"), (first.Text("code"), first.Text("kind"), first.Text("country")));
        var second = (await stream.NextAsync()).Data;
        Assert.Equal(("two", "ended", true), (second.Text("code"), second.Text("kind"), second.GetProperty("bot").GetBoolean()));
        Assert.Equal("notFound", (await stream.NextAsync()).Data.Text("kind"));
    }

    [Fact]
    public async Task A_link_has_a_stream_of_its_own()
    {
        await using var terse = await TerseInstance.StartAsync();
        await terse.CreateAsync(new { url = "https://example.com/", alias = "one" });
        await using var stream = await WatchAsync(terse, "links/one/live");
        await stream.NextAsync();

        Tell(terse, AClick.Of("two", 1), AClick.Missing(2), AClick.Of("one", 3));

        Assert.Equal("one", (await stream.NextAsync()).Data.Text("code"));
        using var missing = await terse.Admin.GetAsync("/api/v1/links/two/live", Cancellation);
        await missing.ProblemAsync(404, "link-not-found");
    }

    [Fact]
    public async Task A_slow_reader_loses_clicks_and_is_told_how_many()
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Clicks:LiveBuffer"] = "2" });
        await using var stream = await WatchAsync(terse, "live");
        await stream.NextAsync();

        // One batch that is larger than buffer and sockets together: the writer's loop is done before the reader can have taken all.
        Tell(terse, [.. Enumerable.Range(1, 100_000).Select(position => AClick.Of("one", position))]);
        terse.Time.Advance(TimeSpan.FromSeconds(15));

        var seen = 0;
        while (await stream.NextAsync() is var (name, data))
        {
            if (name == "click") seen++;
            else if (data.GetProperty("dropped").GetInt64() is > 0 and var dropped)
            {
                Assert.True(seen + dropped <= 100_000);
                break;
            }
            else terse.Time.Advance(TimeSpan.FromSeconds(15));
        }
    }

    [Fact]
    public async Task A_reader_that_is_always_behind_gets_its_heartbeat_between_clicks()
    {
        var time = new FakeTimeProvider();
        using var subscription = new LiveSubscription(null, 1, static _ => { });
        subscription.Offer(Click());
        subscription.Offer(Click());
        await using var events = subscription.ReadAsync(time, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await events.MoveNextAsync());
        Assert.True(await events.MoveNextAsync());
        time.Advance(TimeSpan.FromSeconds(15));

        // The next click is there before this one is taken, for ever: sooner or later the heartbeat comes in between.
        for (var taken = 0; events.Current.EventType == "click"; taken++)
        {
            Assert.True(taken < 100_000);
            subscription.Offer(Click());
            await Task.Yield();
            Assert.True(await events.MoveNextAsync());
        }

        Assert.Equal(1, Assert.IsType<LiveHeartbeat>(events.Current.Data).Dropped);
    }

    [Fact]
    public async Task Streams_are_limited_and_a_closed_one_makes_room()
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Clicks:LiveStreams"] = "1" });
        await using (var stream = await WatchAsync(terse, "live"))
        {
            await stream.NextAsync();
            using var refused = await terse.Admin.GetAsync("/api/v1/live", Cancellation);
            await refused.ProblemAsync(429, "too-many-streams");
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var response = await terse.Admin.GetAsync("/api/v1/live", HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (response.IsSuccessStatusCode) break;
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Open_streams_end_when_the_program_stops()
    {
        await using var terse = await TerseInstance.StartAsync();
        await using var stream = await WatchAsync(terse, "live");
        await stream.NextAsync();

        await terse.App.StopAsync(Cancellation);

        Assert.False(await stream.MoreAsync());
    }

    private static LiveClick Click() => LiveClick.From(AClick.Of("one", 1));

    private static void Tell(TerseInstance terse, params EnrichedClick[] clicks)
    {
        foreach (var listener in terse.App.Services.GetServices<IClickListener>()) listener.OnWritten(clicks);
    }

    private static async Task<Watch> WatchAsync(TerseInstance terse, string path)
    {
        var response = await terse.Admin.GetAsync($"/api/v1/{path}", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new Watch(response, await response.Content.ReadAsStreamAsync(Cancellation));
    }

    private sealed class Watch(HttpResponseMessage response, Stream body) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> _events = SseParser.Create(body).EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);

        public async Task<(string Event, JsonElement Data)> NextAsync()
        {
            Assert.True(await MoreAsync());
            return (_events.Current.EventType, JsonSerializer.Deserialize<JsonElement>(_events.Current.Data));
        }

        public async Task<bool> MoreAsync() => await _events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        public async ValueTask DisposeAsync()
        {
            await _events.DisposeAsync();
            response.Dispose();
        }
    }
}
