namespace Terse.Planning;

/// <summary>The limits of every rung, from the measured constants. <c>docs/decisions/0081</c> says why these and no others.</summary>
internal static class LadderLimits
{
    public static IReadOnlyList<Limit> Of(Workload workload, Measurements measured, Traffic traffic, StorageNeed links, ClickVolume clicks, CacheNeed cache, double redirectNodes)
    {
        const double busy = Assumptions.TargetUtilisation;
        var disk = workload.MachineDiskBytes * Assumptions.DiskFill;
        var each = measured.RedirectCpuMicroseconds.Value + measured.ClickCpuMicroseconds.Value;
        var perMachine = workload.MachineCores * 1e6 / each * busy;
        var limits = new List<Limit>
        {
            new(1, "redirects at the peak", traffic.PeakRedirectsPerSecond, perMachine, LimitUnit.PerSecond,
                "redirect nodes behind the gateway", Units.Invariant($"{each:0.#} µs each, the click counted, on {workload.MachineCores:0} cores, {Units.Share(busy)} busy"),
                [DecisionPages.OneProgram, DecisionPages.L1]),
            new(1, "availability", workload.Availability, Assumptions.MachineAvailability, LimitUnit.Share,
                "a second node", "one machine's agreement", [DecisionPages.OneProgram, DecisionPages.Rungs]),
            new(1, "creates at the peak", traffic.PeakCreatesPerSecond, measured.EmbeddedCreatesPerSecond.Value * busy, LimitUnit.PerSecond,
                "PostgreSQL for links", "SQLite's group commit", [DecisionPages.GroupCommit, DecisionPages.PostgreSql]),
            new(1, "store reads at the peak", cache.PeakStoreReadsPerSecond, measured.EmbeddedReadsPerSecond.Value * busy, LimitUnit.PerSecond,
                "PostgreSQL with read replicas", "SQLite's point reads", [DecisionPages.Sqlite, DecisionPages.Replicas]),
            new(1, "links and clicks on one disk", links.Bytes + clicks.Storage.Bytes, disk, LimitUnit.Bytes,
                "stores on machines of their own", "the disk of one machine", [DecisionPages.Sqlite, DecisionPages.ClickStore]),
            new(1, "clicks at the peak", clicks.PeakPerSecond, measured.EmbeddedClicksPerSecond.Value * busy, LimitUnit.PerSecond,
                "PostgreSQL rollups", "DuckDB's appends", [DecisionPages.ClickStore]),
        };
        foreach (var rung in (int[])[2, 3])
        {
            limits.Add(new(rung, "creates at the peak", traffic.PeakCreatesPerSecond, measured.PostgresCreatesPerSecond.Value * busy, LimitUnit.PerSecond,
                "a link store that splits by code (DynamoDB API)", "one PostgreSQL primary", [DecisionPages.PostgreSql, DecisionPages.DynamoDb]));
            limits.Add(new(rung, "link data on one primary", links.Bytes, disk, LimitUnit.Bytes,
                "a link store that splits by code (DynamoDB API)", "the disk of one machine", [DecisionPages.DynamoDb, DecisionPages.Rungs]));
            limits.Add(new(rung, "store reads at the peak", cache.PeakStoreReadsPerSecond, measured.PostgresReadsPerSecond.Value * busy * (1 + Assumptions.MostReplicas), LimitUnit.PerSecond,
                "a link store that splits by code (DynamoDB API)", $"PostgreSQL with {Assumptions.MostReplicas} replicas", [DecisionPages.L1, DecisionPages.Replicas]));
        }

        var counted = Math.Min(measured.PostgresClicksPerSecond.Value, workload.MachineCores * 1e6 / measured.PostgresClickCpuMicroseconds.Value);
        limits.Add(new(2, "clicks at the peak", clicks.PeakPerSecond, counted * busy, LimitUnit.PerSecond,
            "a click queue (NATS JetStream)", "rows, totals and visitors into PostgreSQL", [DecisionPages.ClickDurability, DecisionPages.Queue]));
        limits.Add(new(2, "redirect nodes", redirectNodes, Assumptions.FewNodes, LimitUnit.Count,
            "a click queue (NATS JetStream) and split roles", "what \"a few\" means", [DecisionPages.ClickDurability, DecisionPages.Queue, DecisionPages.OneProgram]));
        limits.Add(new(3, "clicks at the peak", clicks.PeakPerSecond, measured.QueueStreamClicksPerSecond.Value * busy, LimitUnit.PerSecond,
            "several streams in a queue cluster", "clicks shipped into one stream, many in a message", [DecisionPages.Queue]));
        for (var rung = 1; rung <= 4; rung++)
            limits.Add(new(rung, "regions", workload.Regions, 1, LimitUnit.Count, "stores and caches in each region", "one region", [DecisionPages.RedirectCaching, DecisionPages.Rungs]));
        return limits;
    }
}
