using Terse.Redirects;

namespace Terse.Planning;

/// <summary>One line of the table: a hit rate, what it leaves to the store, and the cache that reaches it.</summary>
/// <param name="Entries">Links that must be in the cache, by <see cref="HitRateModel"/>.</param>
/// <param name="Bytes">Memory of that many entries; with a shared cache for all nodes together, with L1 alone for each node.</param>
internal sealed record CacheLevel(double HitRate, double StoreReadsPerSecond, double PeakStoreReadsPerSecond, double Entries, double Bytes);

/// <summary>The caches: how large, and what they leave to the store.</summary>
/// <param name="FollowedLinks">The links among which redirects are spread.</param>
/// <param name="HotEntries">The cacheable share of a day's new links: the walk-through's rule of thumb.</param>
/// <param name="StoreReadsPerSecond">What the hit rate that was asked for leaves, on average.</param>
/// <param name="L1Bytes">What L1 may take on a node: its default, or a quarter of the memory if that is less.</param>
/// <param name="L1HitRateByRoom">What that room would give each node if entries never aged.</param>
/// <param name="L1HitRateByTtl">What L1's TTL allows at this node's share of the redirects.</param>
/// <param name="Levels">The store's load at each hit rate.</param>
internal sealed record CacheNeed(
    double FollowedLinks, double HotEntries, double EntryBytes, double HotBytes,
    double HitRate, double StoreReadsPerSecond, double PeakStoreReadsPerSecond,
    double L1Bytes, double L1HitRateByRoom, double L1HitRateByTtl, IReadOnlyList<CacheLevel> Levels)
{
    private static readonly double[] Rates = [0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999];

    /// <summary>What L1 alone can be expected to give: the lesser of the two bounds.</summary>
    public double ExpectedL1HitRate => Math.Min(L1HitRateByRoom, L1HitRateByTtl);

    /// <summary>Reads per second that pass a cache of this hit rate: 10,000 at 95 % leave 500.</summary>
    public static double Behind(double readsPerSecond, double hitRate) => readsPerSecond * (1 - hitRate);

    public static CacheNeed Of(Workload workload, Traffic traffic, double liveLinks, double entryBytes, double redirectNodes)
    {
        var followed = Math.Max(1, Math.Min(liveLinks, traffic.NewLinksPerDay * workload.ActiveDays));
        var popularity = new ZipfPopularity(followed, workload.Skew);
        var l1 = new RedirectOptions();
        var l1Bytes = Math.Min(l1.L1Megabytes * 1024.0 * 1024, workload.MachineMemoryBytes / 4);
        var hot = workload.CacheableFraction * traffic.NewLinksPerDay;
        return new(
            followed, hot, entryBytes, hot * entryBytes,
            workload.HitRate, Behind(traffic.RedirectsPerSecond, workload.HitRate), Behind(traffic.PeakRedirectsPerSecond, workload.HitRate),
            l1Bytes,
            HitRateModel.Predict(popularity, l1Bytes / entryBytes),
            // Each entry lives up to a tenth less than the TTL.
            HitRateModel.TtlBound(popularity, traffic.RedirectsPerSecond / redirectNodes, l1.L1Ttl.TotalSeconds * 0.95),
            [.. Rates.Append(workload.HitRate).Distinct().Order().Select(LevelOf)]);

        CacheLevel LevelOf(double rate)
        {
            var entries = rate == 0 ? 0 : HitRateModel.EntriesFor(popularity, rate);
            return new(rate, Behind(traffic.RedirectsPerSecond, rate), Behind(traffic.PeakRedirectsPerSecond, rate), entries, entries * entryBytes);
        }
    }
}
