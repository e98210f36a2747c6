using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Planning;

/// <summary>
/// Measures what can be measured here, with the real stores and the real server, in about 30 seconds: durable creates, point reads, bytes per
/// link and per click, clicks written, processor time per redirect, bytes per response and per L1 entry. The figures of engines that are not here stay as they were.
/// </summary>
internal sealed class Calibration(TimeProvider time, TextWriter progress)
{
    private const int Filled = 40_000;
    private const int Chunk = 1_000;
    private const int Creators = 64;
    private const int Followed = 2_000;
    private const int Clicks = 900_000;
    private const int ClickBatch = 5_000;

    private static readonly TimeSpan Creating = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Reading = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan WarmingUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Following = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(30);

    private static string Machine => $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    public async Task<Measurements> RunAsync(Measurements otherwise, CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("terse-plan-");
        try
        {
            var (codes, measured) = await StoreAsync(data.FullName, otherwise, cancellationToken);
            measured = await ClicksAsync(data.CreateSubdirectory("counted").FullName, codes[..Followed], measured, cancellationToken);
            measured = measured with { CacheEntryBytes = Of(EntryBytes(), "terse plan --measure, as L1 counts its entries") };
            return await RedirectsAsync(data.FullName, codes, measured, cancellationToken);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private async Task<(List<ShortCode> Codes, Measurements Measured)> StoreAsync(string data, Measurements otherwise, CancellationToken cancellationToken)
    {
        await progress.WriteLineAsync($"Creating links in SQLite in {data} …");
        var links = new CalibrationLinks(1, time.GetUtcNow());
        var codes = new List<ShortCode>(Filled);
        long creates, reads;
        using (var host = await Stores.OpenAsync(new Dictionary<string, string?> { ["Terse:Data"] = data }, mayCreate: true, services => services.AddCodes(), cancellationToken))
        {
            var store = host.Services.GetRequiredService<ILinkStore>();
            var generator = host.Services.GetRequiredService<CodeGenerator>();
            for (var filled = 0; filled < Filled; filled += Chunk)
            {
                var batch = new List<Link>(Chunk);
                for (var i = 0; i < Chunk; i++) batch.Add(links.Next(await generator.NextAsync(cancellationToken)));
                codes.AddRange(batch.Select(link => link.Code));
                await store.AddManyAsync(batch, cancellationToken);
            }

            creates = (await Task.WhenAll(Enumerable.Range(0, Creators).Select(creator => Task.Run(() => CreateAsync(creator, store, generator, cancellationToken), cancellationToken)))).Sum();
            reads = await ReadAsync(store, codes, cancellationToken);
            await host.StopAsync(cancellationToken);
        }

        // Closed: the write-ahead log is folded in.
        var bytes = new FileInfo(Path.Combine(data, "terse.db")).Length;
        return (codes, otherwise with
        {
            EmbeddedCreatesPerSecond = Of(creates / Creating.TotalSeconds, $"terse plan --measure, {Creators} callers, one durable link each at a time"),
            EmbeddedReadsPerSecond = Of(reads / Reading.TotalSeconds, "terse plan --measure, one thread"),
            BytesPerLink = Of((double)bytes / (Filled + creates), $"terse plan --measure, {Filled + creates:N0} links"),
        });
    }

    private async Task<long> CreateAsync(int creator, ILinkStore store, CodeGenerator generator, CancellationToken cancellationToken)
    {
        var links = new CalibrationLinks(1_000 + creator, time.GetUtcNow());
        var created = 0L;
        for (var clock = time.GetTimestamp(); time.GetElapsedTime(clock) < Creating; created++)
            await store.AddAsync(links.Next(await generator.NextAsync(cancellationToken)), cancellationToken);
        return created;
    }

    private async Task<long> ReadAsync(ILinkStore store, List<ShortCode> codes, CancellationToken cancellationToken)
    {
        var random = new Random(2);
        var read = 0L;
        for (var clock = time.GetTimestamp(); (read & 0xff) != 0 || time.GetElapsedTime(clock) < Reading; read++)
        {
            if (await store.FindAsync(codes[random.Next(codes.Count)], cancellationToken) is null) throw new InvalidOperationException("A link that was added is not found.");
        }
        return read;
    }

    /// <summary>
    /// What a worker does with a click, but for the queue: reads, enriches and writes it. The tables of an empty store weigh more than its first clicks, so
    /// only what comes after a third of them is measured.
    /// </summary>
    private async Task<Measurements> ClicksAsync(string data, List<ShortCode> codes, Measurements measured, CancellationToken cancellationToken)
    {
        await progress.WriteLineAsync("Counting clicks in DuckDB …");
        using var host = await Stores.OpenAsync(
            new Dictionary<string, string?> { ["Terse:Data"] = data }, mayCreate: true, services => services.AddCodes().AddClickEnrichment(), cancellationToken);
        var (store, enricher) = (host.Services.GetRequiredService<IClickStore>(), host.Services.GetRequiredService<ClickEnricher>());
        var clicks = new CalibrationClicks(codes, time.GetUtcNow(), Clicks);
        var salt = new byte[32];
        const int before = Clicks / 3;
        await CountAsync(0, before);
        var bytes = Bytes();
        var (elapsed, processor) = await CountAsync(before, Clicks);
        bytes = Bytes() - bytes;
        await host.StopAsync(cancellationToken);
        return measured with
        {
            EmbeddedClicksPerSecond = Of((Clicks - before) / elapsed.TotalSeconds, $"terse plan --measure, batches of {ClickBatch:N0}, one writer"),
            ClickCpuMicroseconds = Of(processor.TotalMicroseconds / (Clicks - before), $"terse plan --measure, {Clicks - before:N0} clicks read, enriched and written"),
            BytesPerClick = Of((double)bytes / (Clicks - before), $"terse plan --measure, {Clicks:N0} clicks of 90 days, rolled up"),
        };

        async Task<(TimeSpan Elapsed, TimeSpan Processor)> CountAsync(int from, int to)
        {
            var (elapsed, processor) = (TimeSpan.Zero, TimeSpan.Zero);
            for (var made = from; made < to; made += ClickBatch)
            {
                var batch = clicks.Next(ClickBatch);
                var (clock, used) = (time.GetTimestamp(), Environment.CpuUsage.TotalTime);
                var visits = new List<EnrichedClick>(ClickBatch);
                foreach (var (position, body) in batch)
                {
                    if (ClickFormat.TryRead(body, position, out var record, out _) && enricher.Enrich(record, salt, out _) is { } visit) visits.Add(visit);
                }
                await store.WriteAsync("calibration", visits, cancellationToken);
                (elapsed, processor) = (elapsed + time.GetElapsedTime(clock), processor + Environment.CpuUsage.TotalTime - used);
            }
            var now = clicks.At(to);
            await store.RollUpAsync(now, new ClickRetention(now.AddDays(-7), now.AddDays(-90), now.AddYears(-5)), cancellationToken);
            return (elapsed, processor);
        }

        long Bytes() => Directory.EnumerateFiles(data, "clicks.duckdb*").Sum(static file => new FileInfo(file).Length);
    }

    private async Task<Measurements> RedirectsAsync(string data, List<ShortCode> codes, Measurements measured, CancellationToken cancellationToken)
    {
        await progress.WriteLineAsync("Following them through a server of their own …");
        await using var server = await CalibrationServer.StartAsync(data, Starting, time, cancellationToken);
        var load = new CalibrationLoad(server.Url, codes[..Followed], time);
        await load.RunAsync(WarmingUp, cancellationToken);
        var before = server.ProcessorTime;
        var (redirects, bytes) = await load.RunAsync(Following, cancellationToken);
        var each = (server.ProcessorTime - before).TotalMicroseconds / redirects;
        return measured with
        {
            RedirectCpuMicroseconds = Of(each, $"terse plan --measure, {redirects:N0} redirects over loopback, processor time of a redirect node alone, clicks recorded"),
            ResponseBytes = Of((double)bytes / redirects, "terse plan --measure, responses of the server"),
        };
    }

    private double EntryBytes()
    {
        var encoder = new LinkEncoder(Options.Create(new RedirectOptions()), time, new Random(3));
        var links = new CalibrationLinks(3, time.GetUtcNow());
        return Enumerable.Range(0, Chunk).Average(_ => encoder.Encode(links.Next(ShortCode.Parse("0000000"))).Bytes);
    }

    private Measurement Of(double value, string source) => new(Math.Round(value, 2), DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), Machine, source);
}
