using System.CommandLine;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Options;
using Terse.Clicks;
using Terse.Clicks.Enrichment;
using Terse.Clicks.Log;

namespace Terse.Benchmarks;

/// <summary>What recording a click costs a redirect: one record into the mapped log, against one write() of the same record to a file, on one and on two threads.</summary>
internal static class ClickLogBenchmark
{
    private const int Records = 500_000;
    private const string UserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

    private static readonly ClickRecord Click = new(
        0, DateTimeOffset.UnixEpoch.AddYears(56), ClickKind.Redirected, "aZ3kX9q", ClickFlags.None, IPAddress.Parse("203.0.113.7"),
        UserAgent, "https://news.example.com/", "en-GB,en;q=0.9,de;q=0.8", "");

    public static Command Command()
    {
        var command = new Command("click-log", "Prints what appending a click costs, in the mapped log and as a write per record.");
        command.SetAction(_ => Run());
        return command;
    }

    private static void Run()
    {
        Console.WriteLine("| way | threads | mean ns | p50 ns | p99 ns | p99.9 ns | max ms | bytes of memory per click | bytes on disk per click |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var threads in (int[])[1, 2])
        {
            Measure("mapped log", threads, static directory =>
            {
                var log = new ClickLog(Options.Create(new RecordingOptions { Directory = directory, LogMebibytes = 1024 }));
                log.Open();
                return (body => log.TryAppend(body), log);
            });
            Measure("write() per click", threads, static directory =>
            {
                var file = File.OpenHandle(Path.Combine(directory, "log"), FileMode.CreateNew, FileAccess.Write);
                var end = 0L;
                return (
                    body =>
                    {
                        RandomAccess.Write(file, body, Interlocked.Add(ref end, body.Length) - body.Length);
                        return true;
                    },
                    file);
            });
        }
        Enrich();
    }

    private delegate bool Append(ReadOnlySpan<byte> body);

    private static void Measure(string way, int threads, Func<string, (Append Append, IDisposable Owner)> open)
    {
        var directory = Directory.CreateTempSubdirectory("terse-bench-").FullName;
        var (append, owner) = open(directory);
        var ticks = new long[threads][];
        var (allocated, length) = (0L, 0);
        var elapsed = new long[threads];
        using var start = new Barrier(threads);
        var workers = Enumerable.Range(0, threads).Select(index => new Thread(() =>
        {
            var body = new byte[ClickFormat.MaxLength];
            ticks[index] = new long[Records];
            start.SignalAndWait();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < Records; i++)
            {
                var from = Stopwatch.GetTimestamp();
                length = ClickFormat.Write(Click, body);
                if (!append(body.AsSpan(0, length))) throw new InvalidOperationException("The log is full.");
                ticks[index][i] = Stopwatch.GetTimestamp() - from;
            }
            elapsed[index] = Stopwatch.GetTimestamp() - began;
            Interlocked.Add(ref allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        })).ToArray();
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
        owner.Dispose();
        Directory.Delete(directory, recursive: true);

        var all = ticks.SelectMany(static one => one).Order().ToArray();
        var nanoseconds = 1e9 / Stopwatch.Frequency;
        var size = way == "mapped log" ? ClickLogSegment.SizeOf(length) : length;
        Console.WriteLine(FormattableString.Invariant(
            $"| {way} | {threads} | {elapsed.Average() * nanoseconds / Records:F0} | {At(0.5):F0} | {At(0.99):F0} | {At(0.999):F0} | {all[^1] * nanoseconds / 1e6:F2} | {(double)allocated / Records / threads:F2} | {size} |"));

        double At(double quantile) => all[(int)(all.Length * quantile)] * nanoseconds;
    }

    /// <summary>What the worker makes of a record, without the store.</summary>
    private static void Enrich()
    {
        using var places = new GeoDatabase(Options.Create(new EnrichmentOptions()), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<GeoDatabase>.Instance);
        var enricher = new ClickEnricher(places, new UserAgents());
        var (body, salt) = (new byte[ClickFormat.MaxLength], new byte[32]);
        var length = ClickFormat.Write(Click, body);
        var best = double.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < Records / 5; i++)
            {
                ClickFormat.TryRead(body.AsSpan(0, length), i, out var click, out _);
                enricher.Enrich(click, salt, out _);
            }
            best = Math.Min(best, Stopwatch.GetElapsedTime(began).TotalNanoseconds / (Records / 5));
        }
        Console.WriteLine(FormattableString.Invariant($"\nReading and enriching a click whose user agent was seen before: {best:F0} ns."));
    }
}
