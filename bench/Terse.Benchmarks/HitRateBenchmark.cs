using System.CommandLine;
using System.Globalization;
using BitFaster.Caching.Lfu;
using BitFaster.Caching.Scheduler;

namespace Terse.Benchmarks;

/// <summary>Compares what share of Zipf-distributed redirects each cache answers, alone and while a crawler walks through all links.</summary>
internal static class HitRateBenchmark
{
    public static Command Command()
    {
        var links = new Option<int>("--links") { DefaultValueFactory = _ => 10_000_000 };
        var requests = new Option<int>("--requests") { DefaultValueFactory = _ => 10_000_000 };
        var command = new Command("hit-rate", "Prints hit rates of LRU, SIEVE, W-TinyLFU and L1.") { links, requests };
        command.SetAction(parsed => Run(parsed.GetValue(links), parsed.GetValue(requests)));
        return command;
    }

    private static void Run(int links, int requests)
    {
        Console.WriteLine($"Hit rate in % of {requests:N0} requests over {links:N0} links, after {requests:N0} to warm up. Scan: a fifth of the requests are a crawler's, not counted.");
        Console.WriteLine("| Zipf | scan | cache | LRU | SIEVE | W-TinyLFU | L1 (S3-FIFO) |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var exponent in (double[])[0.8, 1.0])
        {
            foreach (var scan in (bool[])[false, true])
            {
                foreach (var share in (double[])[0.001, 0.01, 0.1])
                {
                    var capacity = (int)(links * share);
                    ITracedCache[] caches = [new LruCache(capacity), new SieveCache(capacity), new TinyLfuCache(capacity), new L1Cache(capacity)];
                    var rates = caches.Select(cache => Measure(cache, links, requests, exponent, scan).ToString("F2", CultureInfo.InvariantCulture));
                    Console.WriteLine(FormattableString.Invariant($"| {exponent:F1} | {(scan ? "yes" : "no")} | {share:P1} | {string.Join(" | ", rates)} |"));
                }
            }
        }
    }

    private static double Measure(ITracedCache cache, int links, int requests, double exponent, bool scan)
    {
        var zipf = new Zipf(links, exponent, new Random(7));
        var (hits, asked, crawled) = (0L, 0L, 0);
        for (var i = 0; i < 2 * requests; i++)
        {
            if (scan && i % 5 == 0)
            {
                cache.Ask(links - 1 - crawled++ % links);
                continue;
            }

            var hit = cache.Ask(zipf.Next());
            if (i < requests) continue;
            asked++;
            if (hit) hits++;
        }
        return 100.0 * hits / asked;
    }

    private sealed class TinyLfuCache(int capacity) : ITracedCache
    {
        private readonly ConcurrentLfu<int, int> _cache = new(1, capacity, new ForegroundScheduler(), EqualityComparer<int>.Default);

        public bool Ask(int link)
        {
            if (_cache.TryGet(link, out _)) return true;
            _cache.AddOrUpdate(link, link);
            return false;
        }
    }
}
