namespace Terse.Planning;

/// <summary>How many machines a role takes, in all regions together.</summary>
/// <param name="Load">What it carries at the peak, and what one machine carries.</param>
internal sealed record RoleNeed(string Role, double Machines, string Load);

/// <summary>
/// Machines per role: the peak divided by what one carries at the target utilisation, plus one to lose when the availability asks for it.
/// With several regions each can take over the share of one that is lost.
/// </summary>
internal sealed class MachineNeed(Workload workload, Measurements measured)
{
    private const double Busy = Assumptions.TargetUtilisation;
    private readonly bool _needsSpare = workload.Availability > Assumptions.MachineAvailability;
    private readonly double _regionShare = workload.Regions > 1 ? 1 / (workload.Regions - 1) : 1;

    /// <summary>The fewest machines that are up for the share of time asked for, when they fail apart.</summary>
    public static double ForAvailability(double availability) =>
        Math.Max(1, Math.Ceiling(Math.Round(Math.Log(1 - availability) / Math.Log(1 - Assumptions.MachineAvailability), 6)));

    /// <summary>Redirect nodes in one region.</summary>
    public double RedirectNodes(Traffic traffic) => InRegion(traffic.PeakRedirectsPerSecond, PerMachine(measured.RedirectCpuMicroseconds.Value));

    public IReadOnlyList<RoleNeed> Of(int rung, bool hasSharedCache, Traffic traffic, StorageNeed links, ClickVolume clicks, CacheNeed cache)
    {
        var peak = traffic.PeakRedirectsPerSecond;
        if (rung == 1) return [new("terse serve", 1, $"{Units.Share(peak / PerMachine(measured.RedirectCpuMicroseconds.Value + measured.ClickCpuMicroseconds.Value))} of its processors for redirects and their clicks at the peak")];

        var behindL1 = CacheNeed.Behind(peak, cache.ExpectedL1HitRate);
        var roles = new List<RoleNeed>
        {
            Role("gateway", "redirects", peak, PerMachine(measured.GatewayCpuMicroseconds.Value)),
            Role("Redirect", "redirects", peak, PerMachine(measured.RedirectCpuMicroseconds.Value)),
            Role("Api", "creates", traffic.PeakCreatesPerSecond, measured.EmbeddedCreatesPerSecond.Value),
        };
        if (rung >= 3) roles.Add(Workers(clicks));
        if (hasSharedCache) roles.Add(Cache(behindL1, cache));
        if (rung >= 3) roles.Add(Queue(clicks));
        roles.Add(rung >= 4 ? Partitions(traffic, links, cache) : Postgres(cache));
        return roles;
    }

    private double PerMachine(double cpuMicroseconds) => workload.MachineCores * 1e6 / cpuMicroseconds;

    private double InRegion(double load, double perMachine)
    {
        var busy = Math.Max(1, Math.Ceiling(load * _regionShare / (perMachine * Busy)));
        return _needsSpare ? Math.Max(busy + 1, ForAvailability(workload.Availability)) : busy;
    }

    private RoleNeed Role(string name, string what, double load, double perMachine) => new(
        name, InRegion(load, perMachine) * workload.Regions, $"{Units.Rate(load)} {what} at the peak, {Units.Rate(perMachine * Busy)} each");

    private RoleNeed Workers(ClickVolume clicks)
    {
        var role = Role("Clicks", "clicks", clicks.PeakPerSecond, PerMachine(measured.QueueWorkerCpuMicroseconds.Value));
        var cores = Math.Ceiling(clicks.PeakPerSecond * measured.PostgresClickCpuMicroseconds.Value / 1e6 / Busy);
        return role with { Load = Units.Invariant($"{role.Load}; PostgreSQL takes {cores:0} cores to count them") };
    }

    private RoleNeed Cache(double readsPerSecond, CacheNeed cache)
    {
        var each = measured.RedisReadsPerSecond.Value * Busy;
        var memory = workload.MachineMemoryBytes * Assumptions.DiskFill;
        var primaries = Math.Max(1, Math.Max(Math.Ceiling(readsPerSecond * _regionShare / each), Math.Ceiling(cache.HotBytes / memory)));
        return new("Redis", primaries * (_needsSpare ? 2 : 1) * workload.Regions,
            $"{Units.Rate(readsPerSecond)} behind L1 at the peak, {Units.Rate(each)} each; {Units.Bytes(cache.HotBytes)} of hot links");
    }

    private RoleNeed Queue(ClickVolume clicks)
    {
        var peak = clicks.PeakPerSecond * _regionShare;
        var streams = Math.Max(1, Math.Ceiling(peak / (measured.QueueStreamClicksPerSecond.Value * Busy)));
        var each = measured.QueuePartitionClicksPerSecond.Value * Busy;
        var partitions = Math.Max(1, Math.Ceiling(peak / each));

        // Each stream has three copies, and each server leads about one stream. A node's clicks are all in one partition, so full partitions need as many nodes.
        return new("NATS JetStream", Math.Max(3, streams) * workload.Regions, Units.Invariant(
            $"{Units.Rate(clicks.PeakPerSecond)} clicks at the peak in {streams:0} streams of three copies; {partitions:0} busy partitions of as many redirect processes, {Units.Rate(each)} each"));
    }

    private RoleNeed Postgres(CacheNeed cache)
    {
        var each = measured.PostgresReadsPerSecond.Value * Busy;
        var readers = Math.Max(1, Math.Ceiling(cache.PeakStoreReadsPerSecond / each));
        return new("PostgreSQL", _needsSpare ? Math.Max(2, readers) : readers, $"{Units.Rate(cache.PeakStoreReadsPerSecond)} reads at the peak, {Units.Rate(each)} each; one is the primary");
    }

    private RoleNeed Partitions(Traffic traffic, StorageNeed links, CacheNeed cache)
    {
        var writeUnits = traffic.PeakCreatesPerSecond * Math.Ceiling(links.BytesPerRecord / 1024);
        var partitions = Math.Max(
            Math.Ceiling(links.Bytes / Assumptions.PartitionBytes),
            Math.Max(Math.Ceiling(writeUnits / Assumptions.PartitionWritesPerSecond), Math.Ceiling(cache.PeakStoreReadsPerSecond / Assumptions.PartitionReadsPerSecond)));
        return new("DynamoDB partitions", partitions * workload.Regions,
            $"{Units.Count(writeUnits)} write and {Units.Count(cache.PeakStoreReadsPerSecond)} read units at the peak, {Units.Bytes(links.Bytes)} at 10 GB each");
    }
}
