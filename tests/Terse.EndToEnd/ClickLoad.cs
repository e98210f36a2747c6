using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Terse.EndToEnd;

/// <summary>
/// Visitors that follow one link without a pause, each visit told from every other by its campaign tags. It knows of each whether its redirect was received,
/// and afterwards compares that with what was counted, visit by visit.
/// </summary>
internal sealed class ClickLoad(string code)
{
    private const int Visitors = 16;

    /// <summary>As many as the API lists of one dimension.</summary>
    private const int MostPerVisitor = 1000;

    /// <summary>After many kills on a busy machine there is much to catch up with: as long as counting goes on it may take its time.</summary>
    private static readonly TimeSpan StandstillLimit = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, Tally> _tallies = new();
    private int _rounds;

    public int Received => _tallies.Values.Sum(tally => Volatile.Read(ref tally.Received));

    /// <summary>Visits until <paramref name="until"/> ends, then sees to it that all visitors have ended too.</summary>
    public async Task RunAsync(TerseProcess terse, Task until)
    {
        var round = Interlocked.Increment(ref _rounds);
        using var client = terse.Client(apiKey: null);
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        await Task.WhenAll(Enumerable.Range(0, Visitors).Select(visitor => Task.Run(async () =>
        {
            var source = string.Create(CultureInfo.InvariantCulture, $"r{round}v{visitor}");
            var tally = _tallies.GetOrAdd(source, static _ => new Tally());
            while (!until.IsCompleted && tally.Sent < MostPerVisitor)
            {
                var answered = await VisitAsync(client, $"/{code}?utm_source={source}&utm_campaign={tally.Sent++}");
                if (!answered) return;
                Interlocked.Increment(ref tally.Received);
            }
        })));
    }

    /// <summary>Returns when <paramref name="more"/> visits were received since now, or when all visitors of a round have ended.</summary>
    public async Task ReceiveAsync(int more, Task round)
    {
        var target = Received + more;
        while (Received < target && !round.IsCompleted) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
    }

    /// <summary>
    /// Asserts that every visit whose redirect was received was counted once, and none twice; beyond those, only visits that were sent and whose answer a kill
    /// has cut off may have been counted. Waits for what was sent last: clicks of a log are counted in its order.
    /// </summary>
    /// <param name="redirects">Where links are followed.</param>
    /// <param name="statistics">Where clicks are asked for.</param>
    public async Task AssertCountedAsync(TerseProcess redirects, TerseProcess statistics)
    {
        using var visitor = redirects.Client(apiKey: null);
        Assert.True(await VisitAsync(visitor, $"/{code}?utm_source=last&utm_campaign=0"));
        using var reader = statistics.Client();
        var (soFar, clock) = (-1L, System.Diagnostics.Stopwatch.StartNew());
        while ((await CountedAsync(reader, "last")).Count == 0)
        {
            var total = await TotalAsync(reader);
            if (total != soFar) clock.Restart();
            soFar = total;
            Assert.True(
                clock.Elapsed < StandstillLimit,
                $"Counting stands still at {soFar} of {Received} clicks: {statistics.Errors}{statistics.Output}{redirects.Errors}{redirects.Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        }

        var (counted, unanswered) = (0L, 0L);
        foreach (var (source, tally) in _tallies)
        {
            var clicks = await CountedAsync(reader, source);
            Assert.All(clicks, click => Assert.Equal(1, click.Value));
            for (var i = 0; i < tally.Received; i++) Assert.True(clicks.ContainsKey(i), $"Visit {i} of {source} was answered and not counted.");
            Assert.All(clicks, click => Assert.InRange(click.Key, 0, tally.Sent - 1));
            counted += clicks.Count;
            unanswered += clicks.Count - tally.Received;
        }
        Assert.Equal(Received + unanswered, counted);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Received} clicks received, {counted} counted, {unanswered} of them of visits whose answer was cut off.");
    }

    private static async Task<long> TotalAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/v1/stats?from=1d")).GetProperty("totals").GetProperty("clicks").GetInt64();

    private static async Task<Dictionary<int, long>> CountedAsync(HttpClient client, string source)
    {
        var answer = await client.GetFromJsonAsync<JsonElement>($"/api/v1/stats?from=1d&groupBy=campaign&limit={MostPerVisitor}&filter=source:{source}");
        return answer.GetProperty("groups").GetProperty("campaign").EnumerateArray().ToDictionary(
            group => int.Parse(group.GetProperty("value").GetString()!, CultureInfo.InvariantCulture), group => group.GetProperty("clicks").GetInt64());
    }

    private static async Task<bool> VisitAsync(HttpClient client, string path)
    {
        try
        {
            using var answer = await client.GetAsync(path);
            return answer.StatusCode == HttpStatusCode.Found;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private sealed class Tally
    {
        public int Received;

        /// <summary>By one visitor, one after the other: at most one was cut off.</summary>
        public int Sent;
    }
}
