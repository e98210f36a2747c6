using System.CommandLine;
using System.Globalization;
using Terse.Gateway;

namespace Terse.Benchmarks;

/// <summary>
/// What share of Zipf-distributed redirects the nodes' L1 answer under each policy of the gateway, with caches smaller than the working set: the
/// product's own ring, bound and L1, and a queue of requests in flight in place of the network.
/// </summary>
internal static class PolicyBenchmark
{
    private const double Bound = 1.25;

    private delegate int Pick(int link, int[] loads);

    public static Command Command()
    {
        var links = new Option<int>("--links") { DefaultValueFactory = _ => 1_000_000 };
        var requests = new Option<int>("--requests") { DefaultValueFactory = _ => 3_000_000 };
        var nodes = new Option<int>("--nodes") { DefaultValueFactory = _ => 3 };
        var inFlight = new Option<int>("--in-flight") { DefaultValueFactory = _ => 64 };
        var command = new Command("policies", "Prints L1 hit rates of redirect nodes under each policy of the gateway.") { links, requests, nodes, inFlight };
        command.SetAction(parsed => Run(parsed.GetValue(links), parsed.GetValue(requests), parsed.GetValue(nodes), parsed.GetValue(inFlight)));
        return command;
    }

    private static void Run(int links, int requests, int nodes, int inFlight)
    {
        Console.WriteLine($"L1 hit rate in % of {requests:N0} requests over {links:N0} links on {nodes} nodes, after {requests:N0} to warm up; {inFlight} in flight. In brackets: the busiest node's requests over the mean.");
        Console.WriteLine("| Zipf | each L1 holds | round robin | least connections | power of two | consistent hash | bounded, spill from 32 | bounded, spill from 1 |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var exponent in (double[])[0.8, 1.0])
        {
            foreach (var share in (double[])[0.005, 0.02, 0.1])
            {
                var cells = Policies(nodes).Select(policy => Measure(policy, links, requests, nodes, inFlight, exponent, (int)(links * share)));
                Console.WriteLine(FormattableString.Invariant($"| {exponent:F1} | {share:P1} | {string.Join(" | ", cells)} |"));
            }
        }
    }

    private static IEnumerable<Pick> Policies(int nodes)
    {
        var random = new Random(11);
        var next = -1;
        yield return (_, _) => next = (next + 1) % nodes;
        yield return (_, loads) => Array.IndexOf(loads, loads.Min());
        yield return (_, loads) => (random.Next(nodes), random.Next(nodes)) is var (a, b) && loads[a] <= loads[b] ? a : b;

        var ring = new HashRing([.. Enumerable.Range(0, nodes).Select(node => $"http://10.0.0.{node}:5080")]);
        yield return (link, _) => ring.ServerAt(ring.PlaceOf(BenchLinks.Code(link)));
        yield return Bounded(32);
        yield return Bounded(1);

        Pick Bounded(int floor) => (link, loads) =>
        {
            var limit = LoadBound.Of(loads.Sum(), nodes, Bound, floor);
            var place = ring.PlaceOf(BenchLinks.Code(link));
            while (loads[ring.ServerAt(place)] >= limit) place++;
            return ring.ServerAt(place);
        };
    }

    private static string Measure(Pick pick, int links, int requests, int nodes, int inFlight, double exponent, int capacity)
    {
        var zipf = new Zipf(links, exponent, new Random(7));
        var order = new Random(13);
        var caches = Enumerable.Range(0, nodes).Select(_ => new L1Cache(capacity)).ToArray();
        var (loads, served) = (new int[nodes], new long[nodes]);
        var flying = new List<int>(inFlight);
        var hits = 0L;
        for (var i = 0; i < 2 * requests; i++)
        {
            // Whichever of those in flight is done makes room for the next.
            if (flying.Count == inFlight)
            {
                var done = order.Next(inFlight);
                loads[flying[done]]--;
                flying[done] = flying[^1];
                flying.RemoveAt(inFlight - 1);
            }

            var link = zipf.Next();
            var node = pick(link, loads);
            loads[node]++;
            flying.Add(node);
            var hit = caches[node].Ask(link);
            if (i < requests) continue;
            served[node]++;
            if (hit) hits++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{100.0 * hits / requests:F2} [{served.Max() * (double)nodes / requests:F2}]");
    }
}
