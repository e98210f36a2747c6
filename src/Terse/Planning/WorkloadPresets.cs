namespace Terse.Planning;

/// <summary>Workloads to start from.</summary>
internal static class WorkloadPresets
{
    public const string Default = "startup";

    public static readonly IReadOnlyDictionary<string, Workload> All = new Dictionary<string, Workload>(StringComparer.OrdinalIgnoreCase)
    {
        // One person, one small machine.
        ["personal"] = new()
        {
            NewLinksPerDay = 10,
            ReadsPerWrite = 100,
            PeakMultiplier = 20,
            Availability = 0.99,
            Replication = 1,
            MachineCores = 2,
            MachineMemoryBytes = 2 * Units.GiB,
            MachineDiskBytes = 40 * Units.GiB,
            LatencyTargetMilliseconds = 200,
        },
        ["startup"] = new() { NewLinksPerDay = 50_000, ReadsPerWrite = 100, PeakMultiplier = 5, Availability = 0.999, Replication = 2 },

        // 100 million users who make a link every ten days and whose links are followed a hundred times each.
        ["social"] = new() { DailyUsers = 100e6, ActionsPerUser = 10, ReadsPerWrite = 100, BytesPerRecord = 500, Availability = 0.9999 },

        // The figures of the walk-through: 100 million links and 10 billion redirects a day.
        ["textbook"] = new()
        {
            NewLinksPerDay = 100e6,
            ReadsPerWrite = 100,
            PeakMultiplier = 2,
            BytesPerRecord = 500,
            CacheEntryBytes = 600,
            RetentionYears = 5,
            Replication = 3,
            CacheableFraction = 0.2,
            HitRate = 0.95,
            LatencyTargetMilliseconds = 50,
            Availability = 0.9999,
        },
    };
}
