using System.CommandLine;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Terse.Adapters.Nats;
using Terse.Adapters.PostgreSql;
using Terse.Clicks;
using Terse.Clicks.Enrichment;
using Terse.Clicks.Log;
using Terse.Servers;

namespace Terse.Benchmarks;

/// <summary>
/// How many clicks go through one stream, on loopback: 1. Several nodes ship full click logs. 2. One process takes them off, and does nothing with them.
/// 3. They ship again, and one worker counts them in PostgreSQL. Load, servers and what is measured share the processors. A first run warms up and prints nothing.
/// </summary>
internal static class QueueBenchmark
{
    private const int WarmUp = 30_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static Command Command()
    {
        var partitions = new Option<int[]>("--partitions") { DefaultValueFactory = _ => [1, 2, 8], AllowMultipleArgumentsPerToken = true };
        var nodes = new Option<int>("--nodes") { DefaultValueFactory = _ => 8, Description = "Nodes that ship, spread evenly over the partitions." };
        var clicks = new Option<int>("--clicks") { DefaultValueFactory = _ => 800_000, Description = "Clicks of all nodes together, for each step." };
        var counted = new Option<int>("--counted") { DefaultValueFactory = _ => 200_000, Description = "Clicks that are also counted in PostgreSQL; 0 for none." };
        var command = new Command("queue", "Prints how many clicks go through the NATS queue, and what that costs.") { partitions, nodes, clicks, counted };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await RunAsync(1, 1, WarmUp, WarmUp, TextWriter.Null, cancellationToken);
            Console.WriteLine("| partitions | step | clicks/s | µs of processor a click: nodes and worker | nats-server | PostgreSQL | load average |");
            Console.WriteLine("|---|---|---|---|---|---|---|");
            foreach (var number in parsed.GetValue(partitions)!)
                await RunAsync(number, parsed.GetValue(nodes), parsed.GetValue(clicks), parsed.GetValue(counted), Console.Out, cancellationToken);
        });
        return command;
    }

    private static async Task RunAsync(int partitions, int nodes, int clicks, int counted, TextWriter report, CancellationToken cancellationToken)
    {
        await using var nats = await NatsServer.StartAsync();
        var fleet = Enumerable.Range(0, nodes).Select(node => QueueNode.In(node % partitions, partitions)).ToArray();
        NatsStreams Connect() => new(Options.Create(new NatsOptions { Url = nats.Url, Partitions = partitions }), TimeProvider.System);
        await using var streams = Connect();
        var queue = new NatsClickQueue(streams, NullLogger<NatsClickQueue>.Instance);
        await queue.CountPartitionsAsync(cancellationToken);

        // 1. Ship
        Fill(clicks);
        await MeasureAsync("ship", clicks, null, ShipAsync);

        // 2. Take off
        await MeasureAsync("take off", clicks, null, () => TakeOffAsync(queue, partitions, cancellationToken));

        // 3. Count
        if (counted > 0)
        {
            Fill(counted);
            await ShipAsync();
            await using var postgres = await PostgreSqlServer.StartAsync("shared_buffers=256MB", "synchronous_commit=on");
            await MeasureAsync("count in PostgreSQL", counted, postgres.Process.Id, async () => await CountAsync(queue, await postgres.CreateDatabaseAsync(), cancellationToken));
        }
        foreach (var node in fleet) await node.DisposeAsync();

        void Fill(int of)
        {
            foreach (var (number, node) in fleet.Index()) node.Fill(of / nodes, seed: number + of);
        }

        Task ShipAsync() => Task.WhenAll(fleet.Select(node => node.ShipAsync(Connect, cancellationToken)));

        async Task MeasureAsync(string step, int of, int? postgres, Func<Task> work)
        {
            var (own, broker, store) = (Environment.CpuUsage.TotalTime, ProcessorTime.MicrosecondsOf(nats.Process.Id), postgres is { } before ? ProcessorTime.MicrosecondsOf(before) : 0);
            var started = Stopwatch.GetTimestamp();
            await work();
            var elapsed = Stopwatch.GetElapsedTime(started);
            var load = (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[0];
            await report.WriteLineAsync(FormattableString.Invariant(
                $"| {partitions} | {step} | {of / elapsed.TotalSeconds:N0} | {(Environment.CpuUsage.TotalTime - own).TotalMicroseconds / of:F1} | {(ProcessorTime.MicrosecondsOf(nats.Process.Id) - broker) / of:F2} | {(postgres is { } id ? $"{(ProcessorTime.MicrosecondsOf(id) - store) / of:F1}" : "")} | {load} |"));
        }
    }

    /// <summary>Receives and acknowledges, in every partition at once, until the stream is empty.</summary>
    private static async Task TakeOffAsync(NatsClickQueue queue, int partitions, CancellationToken cancellationToken)
    {
        using var empty = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var receiving = Enumerable.Range(0, partitions).Select(async partition =>
        {
            try
            {
                while (true) await queue.AcknowledgeAsync(await queue.ReceiveAsync(partition, empty.Token), cancellationToken);
            }
            catch (OperationCanceledException) when (empty.IsCancellationRequested)
            {
            }
        }).ToArray();
        await UntilEmptyAsync(queue, cancellationToken);
        await empty.CancelAsync();
        await Task.WhenAll(receiving);
    }

    private static async Task CountAsync(NatsClickQueue queue, string connectionString, CancellationToken cancellationToken)
    {
        await using var database = new PostgreSqlDatabase(Options.Create(new PostgreSqlOptions { ConnectionString = connectionString }), NullLogger<PostgreSqlDatabase>.Instance);
        await using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var places = new GeoDatabase(Options.Create(new EnrichmentOptions()), TimeProvider.System, NullLogger<GeoDatabase>.Instance);
        var options = Options.Create(new RecordingOptions());
        using var log = new ClickLog(options);
        using var worker = new ClickWorker(
            queue, new PostgreSqlClickStore(database), new ClickEnricher(places, new UserAgents()), [],
            new ClickMetrics(meters.GetRequiredService<IMeterFactory>(), log), options, TimeProvider.System, Random.Shared, NullLogger<ClickWorker>.Instance);
        await worker.StartAsync(cancellationToken);
        await UntilEmptyAsync(queue, cancellationToken);
        await worker.StopAsync(cancellationToken);
    }

    private static async Task UntilEmptyAsync(NatsClickQueue queue, CancellationToken cancellationToken)
    {
        while ((await queue.ReadDepthAsync(cancellationToken)).Bytes > 0) await Task.Delay(Look, TimeProvider.System, cancellationToken);
    }
}
