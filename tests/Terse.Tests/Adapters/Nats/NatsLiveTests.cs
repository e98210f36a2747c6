using System.Net.ServerSentEvents;
using System.Text.Json;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.Nats;

/// <summary>Live clicks of a fleet whose roles are split: one node is visited and watched, another counts.</summary>
[NeedsServers]
public sealed class NatsLiveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/v1/live")]
    [InlineData("/api/v1/links/abc/live")]
    public async Task A_followed_link_is_streamed_where_it_is_watched_and_counted_where_the_worker_is(string path)
    {
        var stream = Infrastructure.Servers.NewName()[..30];
        await using var worker = await StartAsync("Clicks,Api", stream);
        await using var node = await StartAsync("Redirect,Api", stream);
        await node.CreateAsync(new { url = "https://example.com/", alias = "abc" });
        using var watching = await node.Admin.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var events = SseParser.Create(await watching.Content.ReadAsStreamAsync(Cancellation)).EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);

        // The worker may not have heard yet that somebody watches: such a click is counted and not shown.
        var visits = 0;
        var click = NextClickAsync(events);
        while (!click.IsCompleted)
        {
            using var visit = await node.Anonymous.GetAsync("/abc", Cancellation);
            Assert.Equal(302, (int)visit.StatusCode);
            visits++;
            node.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(click, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancellation));
        }

        Assert.Equal("abc", (await click).Text("code"));
        while (await CountedAsync(worker) is var counted && counted < visits) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        Assert.Equal(visits, await CountedAsync(worker));
        Assert.Equal(0, await CountedAsync(node));
    }

    private static async Task<TerseInstance> StartAsync(string roles, string stream) => await TerseInstance.StartAsync(new()
    {
        ["Terse:Roles"] = roles,
        ["Terse:Stores:Queue"] = "Nats",
        ["Terse:Nats:Url"] = (await NatsServer.SharedAsync()).Url,
        ["Terse:Nats:Stream"] = stream,
    });

    private static async Task<JsonElement> NextClickAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        while (await events.MoveNextAsync())
            if (events.Current.EventType == "click") return JsonSerializer.Deserialize<JsonElement>(events.Current.Data);
        throw new InvalidOperationException("The stream ended.");
    }

    private static async Task<long> CountedAsync(TerseInstance terse)
    {
        using var answer = await terse.Admin.GetAsync("/api/v1/stats?from=2d&to=2027-01-01", Cancellation);
        return (await answer.JsonAsync()).GetProperty("totals").GetProperty("clicks").GetInt64();
    }
}
