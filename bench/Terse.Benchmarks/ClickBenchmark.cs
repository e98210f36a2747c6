using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using Terse.Adapters.DuckDb;
using Terse.Clicks;
using Terse.Codes;

namespace Terse.Benchmarks;

/// <summary>
/// Loads 90 days of synthetic clicks through the store's own write path, rolling up after each day, and then asks what a dashboard asks.
/// Run it again on the same directory after a break: it goes on where it stopped, and what is loaded already is only asked.
/// </summary>
internal static class ClickBenchmark
{
    private const string Source = "bench";
    private const int Batch = SyntheticClicks.Batch;
    private const int Repeats = 7;

    public static Command Command()
    {
        var rows = new Option<long>("--rows") { DefaultValueFactory = _ => 1_000_000, Description = "Clicks to load." };
        var links = new Option<int>("--links") { DefaultValueFactory = _ => 100_000, Description = "Links that they are on." };
        var data = new Option<DirectoryInfo>("--data") { Required = true, Description = "Where clicks.duckdb is kept." };
        var memory = new Option<int?>("--memory") { Description = "MiB that the engine may use; not set: a quarter of the machine's." };
        var copy = new Option<bool>("--copy-half") { Description = "Load the first 45 days only, and copy their rows to the next 45: for when time is short." };
        var command = new Command("clicks", "Prints bytes per click and times of queries of the DuckDB click store.") { rows, links, data, memory, copy };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(rows), parsed.GetValue(links), parsed.GetValue(data)!, parsed.GetValue(memory), parsed.GetValue(copy), cancellationToken));
        return command;
    }

    private static async Task RunAsync(long rows, int links, DirectoryInfo data, int? memory, bool copyHalf, CancellationToken cancellationToken)
    {
        var options = Options.Create(new DuckDbOptions { DataDirectory = data.FullName, MemoryMiB = memory });
        var opening = Stopwatch.GetTimestamp();
        using var database = new DuckDbDatabase(options);
        var store = new DuckDbClickStore(database, options);
        Console.WriteLine(FormattableString.Invariant($"Opened in {Stopwatch.GetElapsedTime(opening).TotalMilliseconds:F0} ms."));
        var clicks = new SyntheticClicks(rows, links);
        await LoadAsync(store, clicks, copyHalf ? rows / 2 : rows, cancellationToken);
        if (copyHalf && await store.ReadWatermarkAsync(Source, cancellationToken) < rows) await CopyAsync(database, rows, cancellationToken);
        await store.RollUpAsync(SyntheticClicks.End, Retention(SyntheticClicks.End), cancellationToken);

        var bytes = data.EnumerateFiles("clicks.duckdb*").Sum(static file => file.Length);
        await TablesAsync(database, cancellationToken);
        Console.WriteLine(FormattableString.Invariant($"{rows:N0} clicks on {links:N0} links over {SyntheticClicks.Days} days: {bytes / 1e6:N1} MB, {(double)bytes / rows:F1} bytes a click"));
        await QueriesAsync(store, cancellationToken);
    }

    private static async Task LoadAsync(DuckDbClickStore store, SyntheticClicks clicks, long rows, CancellationToken cancellationToken)
    {
        var written = await store.ReadWatermarkAsync(Source, cancellationToken) ?? 0;
        var (first, day, folding) = (written, clicks.At(written).Date, TimeSpan.Zero);
        var started = Stopwatch.GetTimestamp();
        var reported = started;
        while (written < rows)
        {
            var batch = clicks.Make(written / Batch, (int)Math.Min(Batch, rows - written));
            await store.WriteAsync(Source, batch, cancellationToken);
            written = batch[^1].Position;
            if (batch[^1].At.Date != day)
            {
                var fold = Stopwatch.GetTimestamp();
                day = batch[^1].At.Date;
                await store.RollUpAsync(batch[^1].At, Retention(batch[^1].At), cancellationToken);
                folding += Stopwatch.GetElapsedTime(fold);
            }
            if (Stopwatch.GetElapsedTime(reported) < TimeSpan.FromSeconds(30)) continue;
            reported = Stopwatch.GetTimestamp();
            Console.Error.WriteLine(FormattableString.Invariant($"{written:N0} of {rows:N0}, {(written - first) / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} clicks/s"));
        }
        var (elapsed, cpu) = (Stopwatch.GetElapsedTime(started), Environment.CpuUsage.TotalTime);
        if (written > first)
            Console.WriteLine(FormattableString.Invariant(
                $"Loaded {written - first:N0} clicks in batches of {Batch:N0}: {(written - first) / elapsed.TotalSeconds:N0} a second, roll-ups included, which took {folding.TotalSeconds:F1} of {elapsed.TotalSeconds:F1} s; {cpu.TotalMicroseconds / (written - first):F1} µs of processor a click"));
    }

    /// <summary>What is in the tables, once more 45 days later.</summary>
    private static async Task CopyAsync(DuckDbDatabase database, long rows, CancellationToken cancellationToken)
    {
        foreach (var table in new[] { "hours", "minutes", "totals", "totals_fresh", "daily", "pairs" })
        {
            await database.WriteAsync(
                connection =>
                {
                    DuckDbDatabase.Execute(connection, $"INSERT INTO {table} SELECT * REPLACE ((minute + {SyntheticClicks.Days / 2 * 1440})::UINTEGER AS minute) FROM {table}");
                    if (table == "pairs") DuckDbDatabase.Execute(connection, "UPDATE sources SET watermark = ?", rows);
                    return 0;
                },
                cancellationToken);
            await database.CompactAsync(cancellationToken);
        }
    }

    /// <summary>What the bytes are in.</summary>
    private static async Task TablesAsync(DuckDbDatabase database, CancellationToken cancellationToken)
    {
        foreach (var table in new[] { "minutes", "hours", "totals", "daily", "pairs" })
        {
            var (count, blocks) = await database.ReadAsync(
                connection =>
                {
                    using var command = DuckDbDatabase.Command(connection, $"SELECT (SELECT count(*) FROM {table}), count(DISTINCT block_id) FROM pragma_storage_info('{table}') WHERE persistent");
                    using var reader = command.ExecuteReader();
                    reader.Read();
                    return (reader.GetInt64(0), reader.GetInt64(1));
                },
                cancellationToken);
            Console.WriteLine(FormattableString.Invariant($"{table}: {count:N0} rows in {blocks * 262_144 / 1e6:N0} MB"));
        }
    }

    private static ClickRetention Retention(DateTimeOffset now) => new(now.AddDays(-7), now.AddDays(-90), now.AddDays(-1826));

    private static async Task QueriesAsync(DuckDbClickStore store, CancellationToken cancellationToken)
    {
        Console.WriteLine("Milliseconds: median (slowest, processor time)");
        Console.WriteLine("| query | all links | most clicked link | link of rank 1,000 |");
        Console.WriteLine("|---|---|---|---|");
        var to = new DateTimeOffset(SyntheticClicks.End.Date.AddDays(1), TimeSpan.Zero);
        ClickFilter country = new(ClickDimension.Country, SyntheticClicks.Country(0));
        ClickFilter browser = new(ClickDimension.Browser, SyntheticClicks.Browser(0));
        (string Name, int Days, Func<ClickQuery, Task> Ask)[] queries =
        [
            ("series of 30 days by day", 30, async query => await store.ReadSeriesAsync(query, ClickUnit.Day, cancellationToken)),
            ("series of 90 days by hour", 90, async query => await store.ReadSeriesAsync(query, ClickUnit.Hour, cancellationToken)),
            ("series of a day by minute", 1, async query => await store.ReadSeriesAsync(query, ClickUnit.Minute, cancellationToken)),
            ("top countries of 30 days", 30, async query => await store.ReadTopAsync(query, ClickDimension.Country, 10, cancellationToken)),
            ("top links of 90 days", 90, async query => await store.ReadTopAsync(query, ClickDimension.Link, 10, cancellationToken)),
            ("top links of 30 days", 30, async query => await store.ReadTopAsync(query, ClickDimension.Link, 10, cancellationToken)),
            ("series of 30 days of one country", 30, async query => await store.ReadSeriesAsync(query with { Filters = [country] }, ClickUnit.Day, cancellationToken)),
            ("top browsers of 30 days of one country", 30, async query => await store.ReadTopAsync(query with { Filters = [country] }, ClickDimension.Browser, 10, cancellationToken)),
            ("top cities of 90 days of one browser", 90, async query => await store.ReadTopAsync(query with { Filters = [browser] }, ClickDimension.City, 10, cancellationToken)),
            ("top cities of 90 days of one country and browser", 90, async query => await store.ReadTopAsync(query with { Filters = [country, browser] }, ClickDimension.City, 10, cancellationToken)),
            ("top links of 90 days of one country", 90, async query => await store.ReadTopAsync(query with { Filters = [country] }, ClickDimension.Link, 10, cancellationToken)),
            ("top links of 90 days of one country and browser", 90, async query => await store.ReadTopAsync(query with { Filters = [country, browser] }, ClickDimension.Link, 10, cancellationToken)),
        ];
        foreach (var (name, days, ask) in queries)
        {
            var cells = new List<string>();
            foreach (var code in new ShortCode?[] { null, SyntheticClicks.Code(0), SyntheticClicks.Code(999) })
            {
                var times = new double[Repeats];
                var cpu = Environment.CpuUsage.TotalTime;
                for (var i = 0; i < Repeats; i++)
                {
                    var started = Stopwatch.GetTimestamp();
                    await ask(new ClickQuery(code, to.AddDays(-days), to));
                    times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                }
                cpu = (Environment.CpuUsage.TotalTime - cpu) / Repeats;
                cells.Add(string.Create(CultureInfo.InvariantCulture, $"{times.Order().ElementAt(Repeats / 2):F1} ({times.Max():F0}, CPU {cpu.TotalMilliseconds:F1})"));
            }
            Console.WriteLine($"| {name} | {string.Join(" | ", cells)} |");
        }
    }
}
