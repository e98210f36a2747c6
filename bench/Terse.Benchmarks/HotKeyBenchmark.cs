using System.CommandLine;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Terse.Adapters.Redis;
using Terse.Codes;
using Terse.Links;
using Terse.Redirects;
using Terse.Servers;

namespace Terse.Benchmarks;

/// <summary>
/// The three mitigations of a hot code, compared on a real Redis Cluster of six on loopback, for several nodes that ask for one code as fast as
/// they are answered; beside it, the same nodes asking for a thousand codes evenly.
/// </summary>
internal static class HotKeyBenchmark
{
    private const int Links = 1_000;
    private const int CallersPerNode = 8;

    // L1 answers by the million: one latency in so many is kept.
    private const int Sampling = 16;

    public static Command Command()
    {
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 5, Description = "Seconds for each row." };
        var nodes = new Option<int>("--nodes") { DefaultValueFactory = _ => 6 };
        var command = new Command("hot-keys", "Compares the mitigations of a hot code on a Redis Cluster of six, which it starts.") { seconds, nodes };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(nodes), TimeSpan.FromSeconds(parsed.GetValue(seconds))));
        return command;
    }

    private static async Task RunAsync(int count, TimeSpan duration)
    {
        await using var cluster = await RedisCluster.StartAsync();
        Console.WriteLine($"{count} nodes with {CallersPerNode} callers each, {duration.TotalSeconds:F0} s a row, all on {Environment.ProcessorCount} cores with the six Redis servers.");
        Console.WriteLine("| mitigation | codes asked for | answers/s | p50 µs | p99 µs | Redis commands per 1,000 answers | busiest server's share of commands | servers with 5 % or more |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        await MeasureAsync("none: L2 alone", RedirectOptions.HotInL1, Links, useL1: false);
        await MeasureAsync("none: L2 alone", RedirectOptions.HotInL1, 1, useL1: false);
        await MeasureAsync("VirtualKeys, 8 copies", RedirectOptions.HotInVirtualKeys, 1, useL1: false);
        await MeasureAsync("Replicas", RedirectOptions.HotOnReplicas, 1, useL1: false);
        await MeasureAsync("L1", RedirectOptions.HotInL1, Links, useL1: true);
        await MeasureAsync("L1", RedirectOptions.HotInL1, 1, useL1: true);

        async Task MeasureAsync(string name, string mitigation, int links, bool useL1)
        {
            await using var nodes = await Nodes.StartAsync(cluster.Endpoints, mitigation, count);
            var codes = Enumerable.Range(0, links).Select(number => ShortCode.Parse(BenchLinks.Code(number))).ToArray();
            foreach (var code in codes) await nodes.All[0].Resolver.ResolveAsync(code, Stopwatch.GetTimestamp());
            await AskAsync(nodes, codes, useL1, TimeSpan.FromSeconds(1));

            var before = await CommandsAsync(cluster);
            var (answers, latencies) = await AskAsync(nodes, codes, useL1, duration);
            var commands = (await CommandsAsync(cluster)).Zip(before, (now, then) => now - then).ToArray();
            var total = Math.Max(1, commands.Sum());
            Console.WriteLine(FormattableString.Invariant(
                $"| {name} | {links:N0} | {answers / duration.TotalSeconds:N0} | {At(latencies, 0.5):F2} | {At(latencies, 0.99):F2} | {1000.0 * total / answers:F1} | {100.0 * commands.Max() / total:F0} % | {commands.Count(server => server * 20 >= total)} |"));
        }
    }

    /// <summary>How many answers there were, and the latencies of a sample, in order.</summary>
    private static async Task<(long Answers, long[] Latencies)> AskAsync(Nodes nodes, ShortCode[] codes, bool useL1, TimeSpan duration)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var callers = nodes.All.SelectMany(node => Enumerable.Range(0, CallersPerNode).Select(caller => Task.Run(() => CallAsync(node, caller))));
        var all = await Task.WhenAll(callers);
        var latencies = all.SelectMany(caller => caller.Latencies).ToArray();
        Array.Sort(latencies);
        return (all.Sum(caller => caller.Answers), latencies);

        async Task<(long Answers, List<long> Latencies)> CallAsync(Node node, int caller)
        {
            var latencies = new List<long>();
            for (var answers = 0L; ; answers++)
            {
                var code = codes[(caller * codes.Length / CallersPerNode + answers) % codes.Length];
                var started = Stopwatch.GetTimestamp();
                if (started >= end) return (answers, latencies);
                var found = useL1 ? await node.FollowAsync(code, started) : await node.Read(code, codes.Length == 1) is not null;
                if (!found) throw new InvalidOperationException($"{code} was not found.");
                if (answers % Sampling == 0) latencies.Add(Stopwatch.GetTimestamp() - started);
            }
        }
    }

    // Reads alone: what replicas are sent by their primaries is not a client's.
    private static Task<long[]> CommandsAsync(RedisCluster cluster) => Task.WhenAll(cluster.Nodes.Select(async server =>
        (await server.CliAsync("info", "commandstats")).Split('\n').Where(line => line.StartsWith("cmdstat_get:calls=", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split('=', ',')[1], System.Globalization.CultureInfo.InvariantCulture)).SingleOrDefault()));

    private static double At(long[] latencies, double quantile) => latencies[(int)((latencies.Length - 1) * quantile)] * 1e6 / Stopwatch.Frequency;

    private sealed record Node(ServiceProvider Services)
    {
        public ReadL2 Read { get; } = Services.GetRequiredService<ReadL2>();

        public LinkResolver Resolver { get; } = Services.GetRequiredService<LinkResolver>();

        public async ValueTask<bool> FollowAsync(ShortCode code, long now) =>
            Resolver.TryGetCached(code.Value, now) is not null || (await Resolver.ResolveAsync(code, now)).State == ResolutionState.Found;
    }

    private sealed class Nodes(Node[] all) : IAsyncDisposable
    {
        public Node[] All => all;

        public static async Task<Nodes> StartAsync(string endpoints, string mitigation, int count)
        {
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [
                new("Terse:Redis:Endpoints", endpoints), new("Terse:Redirects:HotKeys", mitigation), new("Terse:Redirects:L2Concurrency", "10000"),
            ]).Build();
            var store = new MemoryLinks(Links);
            var nodes = new Node[count];
            for (var i = 0; i < count; i++)
            {
                var services = new ServiceCollection()
                    .AddSingleton<IConfiguration>(configuration)
                    .AddLogging().AddMetrics()
                    .AddSingleton(TimeProvider.System)
                    .AddSingleton<ILinkStore>(store)
                    .AddSingleton<LinkChanges>()
                    .AddRedirects()
                    .AddRedis(configuration)
                    .BuildServiceProvider();
                var redis = services.GetRequiredService<RedisConnection>();
                await redis.StartAsync(CancellationToken.None);
                await redis.SubscriberAsync(CancellationToken.None);
                nodes[i] = new Node(services);
            }
            return new Nodes(nodes);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var node in all) await node.Services.DisposeAsync();
        }
    }
}
