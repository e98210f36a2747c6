namespace Terse.Planning;

/// <summary>A component of the design: in or out, and the number that says so.</summary>
internal sealed record ComponentChoice(string Name, bool Needed, string Because, IReadOnlyList<DecisionPage> Pages)
{
    public const string SharedCache = "L2 cache (Redis)";

    public static IReadOnlyList<ComponentChoice> Of(int rung, Measurements measured, Traffic traffic, CacheNeed cache, double redirectNodes, Workload workload)
    {
        const double busy = Assumptions.TargetUtilisation;
        var behindL1 = CacheNeed.Behind(traffic.PeakRedirectsPerSecond, cache.ExpectedL1HitRate);
        var store = rung == 1 ? measured.EmbeddedReadsPerSecond.Value * busy : measured.PostgresReadsPerSecond.Value * busy;
        var expected = Units.Share(cache.ExpectedL1HitRate);
        return
        [
            new("L1 cache in every process", true,
                $"{Units.Bytes(cache.L1Bytes)} a node answer about {expected} (room allows {Units.Share(cache.L1HitRateByRoom)}, the TTL {Units.Share(cache.L1HitRateByTtl)})",
                [DecisionPages.L1, DecisionPages.HotKeys, DecisionPages.NegativeEntries]),
            new(SharedCache, rung > 1 && behindL1 > store,
                $"L1 leaves {Units.Rate(behindL1)} at the peak; the store alone reads {Units.Rate(store)}", [DecisionPages.L2, DecisionPages.Backplane]),
            new("gateway", rung > 1 || redirectNodes > 1, $"{Units.Count(redirectNodes)} redirect nodes in a region", [DecisionPages.Gateway, DecisionPages.LoadBalancing]),
            new("read replicas", rung is 2 or 3 && cache.PeakStoreReadsPerSecond > measured.PostgresReadsPerSecond.Value * busy,
                $"{Units.Rate(cache.PeakStoreReadsPerSecond)} reads reach the store at a hit rate of {Units.Share(cache.HitRate)}", [DecisionPages.Replicas]),
            new("click queue (NATS JetStream)", rung >= 3, $"{Units.Rate(traffic.PeakRedirectsPerSecond)} clicks at the peak from {Units.Count(redirectNodes)} nodes", [DecisionPages.ClickDurability, DecisionPages.CountedOnce, DecisionPages.Queue]),
            new("partitioned link store", rung >= 4, $"{Units.Rate(traffic.PeakCreatesPerSecond)} creates at the peak", [DecisionPages.DynamoDb, DecisionPages.Codes, DecisionPages.Idempotency]),
            new("several regions", workload.Regions > 1, $"{Units.Count(workload.Regions)} asked for", [DecisionPages.RedirectCaching]),
        ];
    }
}
