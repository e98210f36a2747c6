using System.Diagnostics;
using System.Text;
using Terse.Adapters.Sqlite;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Contracts;

namespace Terse.Tests.Adapters.Sqlite;

/// <summary>
/// The figures of the decision pages, measured at the port. Run one by name in a Release build, with nothing else on the machine:
/// <c>artifacts/bin/Terse.Tests/release/Terse.Tests -explicit only -method '*SqliteFigures*' -showLiveOutput</c>.
/// </summary>
public sealed class SqliteFigures(ITestOutputHelper output)
{
    private static readonly string[] Vocabulary =
        [.. "summer winter sale shop blog news article product review guide city travel garden kitchen music video photo store offer deal week month report paper team launch event ticket price order cart".Split(' ')];

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(Setting("TERSE_FIGURE_SECONDS", 8));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData(1, false)]
    [InlineData(64, false)]
    [InlineData(64, true)]
    public async Task Durable_creates_per_second(int callers, bool idempotent)
    {
        using var files = new SqliteFiles();
        var database = files.Open(options => options.CheckpointPages = (int)Setting("TERSE_FIGURE_CHECKPOINT", options.CheckpointPages));
        var links = new SqliteLinkStore(database);
        var claims = new SqliteIdempotencyStore(database);
        var random = new Random(1);
        await Fill(links, random, (int)Setting("TERSE_FIGURE_BASE", 20_000));
        var latencies = new List<double>[callers];
        var cpuBefore = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var mine = latencies[caller] = [];
            var own = new Random(1_000 + caller);
            for (var n = 0; clock.Elapsed < Window; n++)
            {
                var link = Make(own, n);
                var start = Stopwatch.GetTimestamp();
                if (idempotent)
                {
                    var key = $"{link.Code}{caller}{n}-0123456789abcdef0123456789abcdef";
                    var claim = new IdempotencyClaim(key, "0123456789abcdef0123456789abcdef0123456789abcdef", link, link.CreatedAt.AddMinutes(1), link.CreatedAt.AddDays(1));
                    await claims.ClaimAsync(claim, link.CreatedAt, Cancellation);
                    await links.AddAsync(link, Cancellation);
                    await claims.CompleteAsync(claim, Cancellation);
                }
                else
                {
                    await links.AddAsync(link, Cancellation);
                }

                mine.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }, Cancellation)));

        var seconds = clock.Elapsed.TotalSeconds;
        double[] all = [.. latencies.SelectMany(x => x).Order()];
        output.WriteLine($"{callers} callers{(idempotent ? ", claim + add + complete" : "")}: {all.Length / seconds:N0} creates/s, p50 {all[all.Length / 2]:N2} ms, p99 {all[(int)(all.Length * 0.99)]:N2} ms, p99.9 {all[(int)(all.Length * 0.999)]:N2} ms, max {all[^1]:N1} ms, CPU {(Environment.CpuUsage.TotalTime - cpuBefore).TotalMicroseconds / all.Length:N0} µs each");
    }

    [Fact(Explicit = true)]
    public async Task A_million_links()
    {
        using var files = new SqliteFiles();
        var random = new Random(2);
        var count = (int)Setting("TERSE_FIGURE_LINKS", 1_000_000);
        long urls = 0;
        var codes = new List<ShortCode>(count);
        var watch = Stopwatch.StartNew();
        using (var database = files.Open())
        {
            var links = new SqliteLinkStore(database);
            for (var n = 0; n < count; n += 1_000)
            {
                Link[] chunk = [.. Enumerable.Range(n, 1_000).Select(i => Make(random, i))];
                urls += chunk.Sum(link => (long)Encoding.UTF8.GetByteCount(link.Destination));
                codes.AddRange(chunk.Select(link => link.Code));
                await links.AddManyAsync(chunk, Cancellation);
            }
        }

        output.WriteLine($"filled {count:N0} at {count / watch.Elapsed.TotalSeconds:N0} links/s");
        var size = new FileInfo(files.DatabasePath).Length;
        output.WriteLine($"file {size / 1e6:N1} MB, {(double)size / count:N1} B/link, of which URL {(double)urls / count:N1} B: {(double)(size - urls) / count:N1} B beyond it");

        watch.Restart();
        var opened = files.Open();
        output.WriteLine($"open {watch.Elapsed.TotalMilliseconds:N1} ms");
        var store = new SqliteLinkStore(opened);
        foreach (var threads in new[] { 1, 2 })
        {
            watch.Restart();
            var reads = await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(async () =>
            {
                var own = new Random(thread);
                var done = 0;
                for (; (done & 0xff) != 0 || watch.Elapsed < Window; done++) Assert.NotNull(await store.FindAsync(codes[own.Next(codes.Count)], Cancellation));
                return done;
            }, Cancellation)));
            output.WriteLine($"{threads} threads: {reads.Sum() / watch.Elapsed.TotalSeconds:N0} point reads/s");
        }

        foreach (var search in new[] { "summer", "summer kitchen", "s", codes[count / 2].Value, "shop77", "nothinglikeit", "summer nothinglikeit" })
        {
            var times = new List<double>();
            for (var n = 0; n < 5; n++)
            {
                watch.Restart();
                await store.ListAsync(new LinkQuery(50, Search: search), Cancellation);
                times.Add(watch.Elapsed.TotalMilliseconds);
            }

            output.WriteLine($"search '{search}': {times.Order().ElementAt(2):N2} ms");
        }

        if (Environment.GetEnvironmentVariable("TERSE_FIGURE_COPY") is { } copy) File.Copy(files.DatabasePath, copy, overwrite: true);
    }

    private static double Setting(string variable, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), out var value) ? value : otherwise;

    private static async Task Fill(SqliteLinkStore links, Random random, int count)
    {
        for (var n = 0; n < count; n += 1_000) await links.AddManyAsync([.. Enumerable.Range(n, 1_000).Select(i => Make(random, i))], Cancellation);
    }

    /// <summary>A random code, and a URL of about 85 characters with a word of its own in it, as article and product numbers are.</summary>
    private static Link Make(Random random, int n)
    {
        var code = new string(random.GetItems<char>(ShortCode.Alphabet, 7));
        var words = random.GetItems(Vocabulary, 5);
        var created = ALink.Created.AddMilliseconds(n * 3L);
        return ALink.Of(code, $"https://www.{words[0]}{random.Next(5_000)}.example/{words[1]}/{words[2]}-{words[3]}-{words[4]}?utm_source=mail&id={random.Next()}") with
        {
            CreatedAt = created,
            EndsAt = created.AddYears(5),
            Version = created.ToUnixTimeMilliseconds(),
        };
    }
}
