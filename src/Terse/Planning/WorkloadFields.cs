namespace Terse.Planning;

/// <summary>One field of the workload: what a flag, a question and a slider need to know of it.</summary>
/// <param name="Name">The flag, without dashes.</param>
/// <param name="Question">As a question asks for it.</param>
/// <param name="Help">What it means.</param>
/// <param name="Least">The least legal value.</param>
/// <param name="Most">The largest legal value.</param>
/// <param name="Asked">Whether the interactive form asks for it; the others have defaults that seldom change.</param>
internal sealed record WorkloadField(
    string Name, string Question, string Help, QuantityKind Kind, double Least, double Most,
    Func<Workload, double?> Get, Func<Workload, double, Workload> With, bool Asked = true)
{
    public bool TryRead(string? text, out double value) => Quantity.TryParse(Kind, text, out value) && value >= Least && value <= Most;

    public string Complain(string given) =>
        $"--{Name} takes {Quantity.Write(Kind, Least)} to {Quantity.Write(Kind, Most)}, such as {Quantity.Example(Kind)}, not \"{given}\".";
}

/// <summary>All fields, in the order in which they are asked for.</summary>
internal static class WorkloadFields
{
    public static readonly WorkloadField DailyUsers = new(
        "daily-users", "Daily users", "People who follow short links on a day.", QuantityKind.Count, 1, 1e11,
        w => w.DailyUsers, (w, v) => w with { DailyUsers = v });

    public static readonly WorkloadField ActionsPerUser = new(
        "actions-per-user", "Redirects per user and day", "Redirects that each of them causes a day.", QuantityKind.Count, 0.0001, 1e6,
        w => w.ActionsPerUser, (w, v) => w with { ActionsPerUser = v });

    public static readonly WorkloadField NewLinksPerDay = new(
        "new-links", "New links per day", "Links made a day.", QuantityKind.Count, 0.01, 1e12,
        w => w.NewLinksPerDay, (w, v) => w with { NewLinksPerDay = v });

    public static readonly WorkloadField ReadsPerWrite = new(
        "reads-per-write", "Redirects per new link", "Redirects for every new link.", QuantityKind.Count, 0.001, 1e9,
        w => w.ReadsPerWrite, (w, v) => w with { ReadsPerWrite = v });

    public static readonly IReadOnlyList<WorkloadField> All =
    [
        DailyUsers,
        ActionsPerUser,
        NewLinksPerDay,
        ReadsPerWrite,
        new("peak", "Peak against average", "The busiest second against the average one.", QuantityKind.Count, 1, 1000,
            w => w.PeakMultiplier, (w, v) => w with { PeakMultiplier = v }),
        new("bytes-per-record", "Bytes per link in the store", "Bytes of one link in the store, indexes included. [default: as measured]", QuantityKind.Bytes, 1, 1e9,
            w => w.BytesPerRecord, (w, v) => w with { BytesPerRecord = v }),
        new("retention", "Keep links for", "How long a link is kept.", QuantityKind.Years, 1 / Units.DaysPerYear, 100,
            w => w.RetentionYears, (w, v) => w with { RetentionYears = v }),
        new("replication", "Copies of the data", "Copies of the data.", QuantityKind.Count, 1, 9,
            w => w.Replication, (w, v) => w with { Replication = v }),
        new("cacheable", "Share of links worth caching", "The share of a day's new links that is worth keeping in the cache.", QuantityKind.Share, 0.0001, 1,
            w => w.CacheableFraction, (w, v) => w with { CacheableFraction = v }),
        new("hit-rate", "Hit rate of the caches", "The share of redirects that the caches answer.", QuantityKind.Share, 0, 1,
            w => w.HitRate, (w, v) => w with { HitRate = v }),
        new("regions", "Regions", "Regions that serve redirects.", QuantityKind.Count, 1, 30,
            w => w.Regions, (w, v) => w with { Regions = v }),
        new("latency", "Latency target (p99)", "The 99th percentile that a user may wait for a redirect, network included.", QuantityKind.Milliseconds, 1, 60_000,
            w => w.LatencyTargetMilliseconds, (w, v) => w with { LatencyTargetMilliseconds = v }),
        new("availability", "Availability target", "The share of time in which redirects must work.", QuantityKind.Share, 0.5, 0.999999,
            w => w.Availability, (w, v) => w with { Availability = v }),
        new("skew", "Skew", "The Zipf exponent of redirects over links.", QuantityKind.Count, 0.1, 1.5,
            w => w.Skew, (w, v) => w with { Skew = v }, Asked: false),
        new("active-for", "Links are followed for", "How long links are followed: redirects go to the links of so many days.", QuantityKind.Days, 0.01, 36_500,
            w => w.ActiveDays, (w, v) => w with { ActiveDays = v }),
        new("cache-entry-bytes", "Bytes per cache entry", "Bytes of one entry in the cache. [default: as measured]", QuantityKind.Bytes, 1, 1e6,
            w => w.CacheEntryBytes, (w, v) => w with { CacheEntryBytes = v }, Asked: false),
        new("response-bytes", "Bytes per response", "Bytes of one redirect's response. [default: as measured]", QuantityKind.Bytes, 1, 1e9,
            w => w.ResponseBytes, (w, v) => w with { ResponseBytes = v }, Asked: false),
        new("click-retention", "Keep single clicks for", "How long single clicks are kept.", QuantityKind.Days, 0, 36_500,
            w => w.ClickRetentionDays, (w, v) => w with { ClickRetentionDays = v }, Asked: false),
        new("cores", "Cores per machine", "Cores of one machine.", QuantityKind.Count, 1, 1024,
            w => w.MachineCores, (w, v) => w with { MachineCores = v }, Asked: false),
        new("memory", "Memory per machine", "Memory of one machine.", QuantityKind.Bytes, 256e6, 1e14,
            w => w.MachineMemoryBytes, (w, v) => w with { MachineMemoryBytes = v }, Asked: false),
        new("disk", "Disk per machine", "Disk of one machine.", QuantityKind.Bytes, 1e9, 1e15,
            w => w.MachineDiskBytes, (w, v) => w with { MachineDiskBytes = v }, Asked: false),
    ];
}
