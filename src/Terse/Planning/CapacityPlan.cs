using Terse.Codes;
using Terse.Redirects;

namespace Terse.Planning;

/// <summary>The whole answer: what a workload needs, which rung carries it, and what that rests on. Pure arithmetic on its two arguments.</summary>
internal sealed record CapacityPlan
{
    public required Workload Workload { get; init; }

    public required Traffic Traffic { get; init; }

    public required StorageNeed Storage { get; init; }

    public required IReadOnlyList<YearEnd> Years { get; init; }

    public required BandwidthNeed Bandwidth { get; init; }

    public required CacheNeed Cache { get; init; }

    public required IReadOnlyList<CodeSpace> Codes { get; init; }

    public required ClickVolume Clicks { get; init; }

    public required LatencyBudget Latency { get; init; }

    public required Ladder Ladder { get; init; }

    public required IReadOnlyList<ComponentChoice> Components { get; init; }

    public required IReadOnlyList<RoleNeed> Machines { get; init; }

    public required IReadOnlyList<DecisionPage> Pages { get; init; }

    public required Measurements Constants { get; init; }

    /// <summary>
    /// 1. Requests. 2. What they leave behind: links, codes, clicks. 3. Redirect nodes, and the caches that they have. 4. The rung, and the
    /// machines on it.
    /// </summary>
    /// <exception cref="ArgumentException"><see cref="Workload.Check"/> finds something wrong.</exception>
    public static CapacityPlan For(Workload workload, Measurements measured)
    {
        if (workload.Check() is { Count: > 0 } wrong) throw new ArgumentException(string.Join(" ", wrong), nameof(workload));

        // 1. Requests
        var traffic = Traffic.Of(workload);
        var bandwidth = BandwidthNeed.Of(traffic, workload.ResponseBytes ?? measured.ResponseBytes.Value);

        // 2. What they leave behind
        var recordBytes = workload.BytesPerRecord ?? measured.BytesPerLink.Value;
        var storage = StorageNeed.Of(traffic.NewLinksPerDay, recordBytes, workload.RetentionYears * Units.DaysPerYear, workload.Replication);
        var clicks = ClickVolume.Of(traffic, measured.BytesPerClick.Value, workload.ClickRetentionDays, workload.Replication);
        var misses = new RedirectOptions().MissesPerMinute;
        CodeSpace[] codes = [.. new[] { CodePermutation.RangeLength, CodePermutation.SnowflakeLength }.Select(length => CodeSpace.Of(length, traffic.NewLinksPerDay, storage.Records, misses))];

        // 3. Redirect nodes and caches
        var machines = new MachineNeed(workload, measured);
        var nodes = machines.RedirectNodes(traffic);
        var cache = CacheNeed.Of(workload, traffic, storage.Records, workload.CacheEntryBytes ?? measured.CacheEntryBytes.Value, nodes * workload.Regions);

        // 4. The rung
        var ladder = Ladder.Climb(LadderLimits.Of(workload, measured, traffic, storage, clicks, cache, nodes));
        var rung = ladder.Rung.Number;
        var components = ComponentChoice.Of(rung, measured, traffic, cache, nodes, workload);
        return new()
        {
            Workload = workload,
            Traffic = traffic,
            Storage = storage,
            Years = [.. Enumerable.Range(1, (int)Math.Ceiling(workload.RetentionYears)).Select(year => EndOf(year, workload, traffic, recordBytes, codes[0]))],
            Bandwidth = bandwidth,
            Cache = cache,
            Codes = codes,
            Clicks = clicks,
            Latency = LatencyBudget.Of(workload.LatencyTargetMilliseconds, measured.RedirectCpuMicroseconds.Value, workload.HitRate, storeIsRemote: rung > 1),
            Ladder = ladder,
            Components = components,
            Machines = machines.Of(rung, components.Any(component => component is { Name: ComponentChoice.SharedCache, Needed: true }), traffic, storage, clicks, cache),
            Pages =
            [
                .. ladder.Forced.Concat(ladder.ToClimb).SelectMany(limit => limit.Pages)
                    .Concat(components.Where(component => component.Needed).SelectMany(component => component.Pages))
                    .Concat([DecisionPages.Codes, DecisionPages.Model, DecisionPages.Rungs])
                    .Distinct().OrderBy(page => page.Number, StringComparer.Ordinal),
            ],
            Constants = measured,
        };
    }

    private static YearEnd EndOf(int year, Workload workload, Traffic traffic, double recordBytes, CodeSpace codes)
    {
        var days = Math.Min(year, workload.RetentionYears) * Units.DaysPerYear;
        var live = StorageNeed.Of(traffic.NewLinksPerDay, recordBytes, days, workload.Replication);
        return new(year, live.Records, live.Bytes, live.ReplicatedBytes,
            Math.Min(1, traffic.NewLinksPerDay * year * Units.DaysPerYear / codes.Codes), Math.Min(1, live.Records / codes.Codes));
    }
}
