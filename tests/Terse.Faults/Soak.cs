using System.Globalization;

namespace Terse.Faults;

/// <summary>A long steady run: what the process holds at its end must be what it held once it had warmed up.</summary>
internal static class Soak
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    /// <summary>Memory may wander by this share between the second fifth and the last fifth of the run; handles and threads by as many.</summary>
    private const double MemoryShare = 0.15;

    /// <summary>Caches of the engines grow with their data up to bounds that ten minutes do not reach: these are reached while it warms up.</summary>
    private static readonly KeyValuePair<string, string>[] SmallCaches = [new("Terse__Sqlite__WriterCacheMiB", "4"), new("Terse__DuckDb__MemoryMiB", "64")];

    private const int Handles = 20;

    public static async Task<int> RunAsync(TimeSpan length, double redirectsPerSecond, int writers)
    {
        await using var rig = await EmbeddedRig.StartAsync(diskMegabytes: 2048, hasOwnClock: false, SmallCaches);
        var process = rig.ProcessId;
        using var visitor = new Visitor(rig.Redirects);
        await using var redirects = new RedirectLoad(visitor, rig.Links, redirectsPerSecond);
        await using var writes = new WriteLoad(rig.Api, writers) { Pause = TimeSpan.FromMilliseconds(5) };
        redirects.Start();
        writes.Start();

        var samples = new List<Held>();
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < length)
        {
            await Task.Delay(Step, TimeProvider.System);
            samples.Add(Held.By(process));
            if (samples.Count % 12 == 0) Console.Error.WriteLine($"{TimeProvider.System.GetElapsedTime(started):mm\\:ss}  {samples[^1]}");
        }

        var seen = await redirects.FinishAsync();
        var written = await writes.FinishAsync();
        var fifth = Math.Max(1, samples.Count / 5);
        var (before, after) = (Held.Median(samples.Skip(fifth).Take(fifth)), Held.Median(samples.TakeLast(fifth)));
        var good = after.Megabytes <= before.Megabytes * (1 + MemoryShare) && after.Handles <= before.Handles + Handles && after.Threads <= before.Threads + Handles
            && seen is { Wrong: 0, Failed: 0, KnownDown: 0 } && written is { Lost: 0, Repeated: 0 };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            | soak of {length.TotalMinutes:0.#} min | after the first fifth | in the last fifth |
            |---|---|---|
            | private memory | {before.Megabytes:0} MB | {after.Megabytes:0} MB |
            | open handles | {before.Handles} | {after.Handles} |
            | threads | {before.Threads} | {after.Threads} |

            {seen.Sent} redirects at {redirectsPerSecond:0}/s: {seen.Wrong} wrong, {seen.Failed} failed, p99 {seen.P99:0.0} ms. {written.Acknowledged} writes: {written.Lost} lost.
            {(good ? "1 passed, 0 failed" : "0 passed, 1 failed")}
            """));
        return good ? 0 : 1;
    }

    /// <summary>
    /// What a process holds. Memory is what only it has: the mapped pages of its files come and go with the page cache. Handles are without sockets: as many
    /// are open as the load has connections.
    /// </summary>
    private sealed record Held(double Megabytes, int Handles, int Threads)
    {
        public static Held By(int process) => new(
            Kilobytes(process, "Private_Dirty:") / 1024.0,
            Directory.GetFiles($"/proc/{process}/fd").Count(handle => new FileInfo(handle).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == false),
            Directory.GetDirectories($"/proc/{process}/task").Length);

        public static Held Median(IEnumerable<Held> samples)
        {
            var all = samples.ToArray();
            return new(Middle(sample => sample.Megabytes), (int)Middle(sample => sample.Handles), (int)Middle(sample => sample.Threads));

            double Middle(Func<Held, double> value) => all.Select(value).Order().ElementAt(all.Length / 2);
        }

        private static long Kilobytes(int process, string name) => File.ReadLines($"/proc/{process}/smaps_rollup")
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
    }
}
