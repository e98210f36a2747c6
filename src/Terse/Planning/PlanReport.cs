namespace Terse.Planning;

/// <summary>One table of the report, with sentences under it.</summary>
internal sealed record ReportSection(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, IReadOnlyList<string> Notes);

/// <summary>The plan in words, without a word about where it is shown: the terminal, Markdown and the dashboard draw the same sections.</summary>
internal static class PlanReport
{
    public static IReadOnlyList<ReportSection> Of(CapacityPlan plan) =>
    [
        Rung(plan),
        Traffic(plan),
        Storage(plan),
        Cache(plan),
        Codes(plan),
        Clicks(plan),
        Latency(plan),
        Machines(plan),
        Components(plan),
        Constants(plan),
    ];

    /// <summary>Where the walk-through's own figures do not hold.</summary>
    public static ReportSection Errata() => new(
        "Where the textbook errs", ["claim", "printed", "right", "why"],
        [.. TextbookErrata.All.Select(erratum => Row(erratum.Claim, erratum.Printed ?? "another figure", erratum.Shown, erratum.Why))], []);

    private static ReportSection Rung(CapacityPlan plan)
    {
        var (rung, ladder) = (plan.Ladder.Rung, plan.Ladder);
        var climb = ladder.ToClimb.Select(limit =>
            $"To climb: {limit.Number} from {limit.ShowValue} to over {limit.ShowMost}{Factor(limit)}; then {limit.Forces}.");
        var descend = ladder.ToDescend.Select(limit => $"To descend: {limit.Number} must fall from {limit.ShowValue} to {limit.ShowMost}.");
        return new($"Rung {rung.Number}: {rung.Name}", ["forced", "by the number"],
            ladder.Forced.Count == 0
                ? [Row("nothing", "one process carries it all: " + string.Join(", ", rung.LinkStore, rung.Clicks))]
                : [.. ladder.Forced.Select(limit => Row(limit.Forces, limit.Because))],
            [$"Links: {rung.LinkStore}. Cache: {rung.Cache}. Clicks: {rung.Clicks}. Nodes: {rung.Nodes}.", .. climb, .. descend]);
    }

    private static ReportSection Traffic(CapacityPlan plan)
    {
        var traffic = plan.Traffic;
        return new("Traffic", ["requests", "a day", "average", "peak"],
        [
            Row("new links", Units.Count(traffic.NewLinksPerDay), Units.Rate(traffic.CreatesPerSecond), Units.Rate(traffic.PeakCreatesPerSecond)),
            Row("redirects", Units.Count(traffic.RedirectsPerDay), Units.Rate(traffic.RedirectsPerSecond), Units.Rate(traffic.PeakRedirectsPerSecond)),
        ],
        [
            $"{Units.Digits(traffic.ReadsPerWrite)} redirects for every new link. The peak is {Units.Times(traffic.PeakMultiplier)} the average.",
            $"Bandwidth: responses of {Units.Bytes(plan.Bandwidth.ResponseBytes)} are {Units.Bits(plan.Bandwidth.PeakResponseBitsPerSecond)} at the peak and {Units.Bytes(plan.Bandwidth.ResponseBytesPerMonth)} a month.",
        ]);
    }

    private static ReportSection Storage(CapacityPlan plan) => new(
        "Storage of links", ["end of year", "links", "data", "with copies", "code space used", "a guess hits"],
        [
            .. plan.Years.Select(year => Row(
                $"{year.Year}", Units.Count(year.Links), Units.Bytes(year.LinkBytes), Units.Bytes(year.ReplicatedBytes), Units.Share(year.CodeSpaceUsed), Units.Share(year.GuessHitRate))),
        ],
        [$"{Units.Bytes(plan.Storage.BytesPerRecord)} a link, {Units.Bytes(plan.Storage.BytesPerDay)} a day, kept {Units.Digits(plan.Workload.RetentionYears)} years, {Units.Digits(plan.Workload.Replication)} copies."]);

    private static ReportSection Cache(CapacityPlan plan)
    {
        var cache = plan.Cache;
        return new("Caches and what they leave to the store", ["hit rate", "store reads", "at the peak", "links in the cache", "memory"],
        [
            .. cache.Levels.Select(level => Row(
                (level.HitRate == cache.HitRate ? "→ " : "") + Units.Share(level.HitRate), Units.Rate(level.StoreReadsPerSecond), Units.Rate(level.PeakStoreReadsPerSecond),
                Units.Count(level.Entries), Units.Bytes(level.Bytes))),
        ],
        [
            $"Rule of thumb: {Units.Share(plan.Workload.CacheableFraction)} of a day's links, {Units.Count(cache.HotEntries)} of {Units.Bytes(cache.EntryBytes)}, are {Units.Bytes(cache.HotBytes)}.",
            $"L1 alone, {Units.Bytes(cache.L1Bytes)} a node: about {Units.Share(cache.ExpectedL1HitRate)}. Its room allows {Units.Share(cache.L1HitRateByRoom)}, its TTL {Units.Share(cache.L1HitRateByTtl)}.",
            $"By the 2-LRU model: {Units.Count(cache.FollowedLinks)} links of the last {Units.Digits(plan.Workload.ActiveDays)} days are followed, by a Zipf law of {Units.Digits(plan.Workload.Skew)}.",
        ]);
    }

    private static ReportSection Codes(CapacityPlan plan) => new(
        "Codes", ["characters", "codes", "used at the end", "a guess hits", "one address finds one in", "used up in"],
        [
            .. plan.Codes.Select(codes => Row(
                $"{codes.Length}", Units.Count(codes.Codes), Units.Share(codes.Used), $"{Units.Share(codes.GuessHitRate)} ({Units.OneIn(codes.GuessHitRate)})",
                Span(codes.MinutesPerHit), $"{Units.Count(codes.YearsUntilExhausted)} years")),
        ],
        ["7 characters are leased ranges (the default), 11 are Snowflake ids: Terse:Codes:Mode. One address may ask for 60 unknown codes a minute by default."]);

    private static ReportSection Clicks(CapacityPlan plan)
    {
        var clicks = plan.Clicks;
        return new("Clicks", ["a day", "average", "peak", "kept", "rows", "data", "with copies"],
        [
            Row(Units.Count(clicks.PerDay), Units.Rate(clicks.PerSecond), Units.Rate(clicks.PeakPerSecond), $"{Units.Digits(clicks.KeptDays)} days",
                Units.Count(clicks.Storage.Records), Units.Bytes(clicks.Storage.Bytes), Units.Bytes(clicks.Storage.ReplicatedBytes)),
        ],
        [$"{Units.Digits(clicks.Storage.BytesPerRecord)} bytes a click, compressed by column as DuckDB does. Counters live as long as their link."]);
    }

    private static ReportSection Latency(CapacityPlan plan)
    {
        var latency = plan.Latency;
        return new("Latency (p99)", ["target", "at the node", "behind L1", "left for the network", "reach, connected", "reach, first visit"],
        [
            Row(Milliseconds(latency.TargetMilliseconds), Milliseconds(latency.ServerMilliseconds), Milliseconds(latency.StoreMilliseconds),
                Milliseconds(latency.NetworkMilliseconds), Kilometres(latency.ReachKilometres), Kilometres(latency.FirstVisitReachKilometres)),
        ],
        ["Whoever is farther away than the reach waits longer than the target, however fast the program is: only another region helps."]);
    }

    private static ReportSection Machines(CapacityPlan plan) => new(
        $"Machines of {Units.Digits(plan.Workload.MachineCores)} cores, {Units.Bytes(plan.Workload.MachineMemoryBytes)}, {Units.Bytes(plan.Workload.MachineDiskBytes)} of disk", ["role", "how many", "load"],
        [.. plan.Machines.Select(role => Row(role.Role, Units.Count(role.Machines), role.Load))],
        [$"Assumed: {string.Join("; ", Assumptions.All)}."]);

    private static ReportSection Components(CapacityPlan plan) => new(
        "Components", ["component", "in or out", "because", "decision pages"],
        [
            .. plan.Components.Select(component => Row(
                component.Name, component.Needed ? "in" : "out", component.Because, string.Join(", ", component.Pages.Select(page => page.Number)))),
        ],
        [$"Rests on docs/decisions: {string.Join("; ", plan.Pages)}."]);

    private static ReportSection Constants(CapacityPlan plan) => new(
        "Measured constants", ["constant", "value", "measured", "by"],
        [
            .. plan.Constants.All.Select(one => Row(
                Words(one.Name), Units.Digits(one.Measured.Value), Units.Invariant($"{one.Measured.Date:yyyy-MM-dd}, {one.Measured.Machine}"), one.Measured.Source)),
        ],
        ["terse plan --measure measures here what can be measured here."]);

    // "BytesPerLink" as "bytes per link".
    private static string Words(string name) => string.Concat(name.Select((c, at) => char.IsUpper(c) ? (at > 0 ? " " : "") + char.ToLowerInvariant(c) : $"{c}"));

    private static string Factor(Limit limit) => limit.Unit != LimitUnit.Share && limit.Headroom > 1.05 ? $" ({Units.Times(limit.Headroom)})" : "";

    private static string[] Row(params string[] cells) => cells;

    private static string Milliseconds(double value) => $"{Units.Digits(value)} ms";

    private static string Kilometres(double value) => $"{Units.Count(Math.Round(value))} km";

    private static string Span(double minutes) => minutes switch
    {
        < 60 => $"{Units.Digits(minutes)} min",
        < 60 * 24 => $"{Units.Digits(minutes / 60)} h",
        < 60 * 24 * 365 => $"{Units.Digits(minutes / 60 / 24)} days",
        _ => $"{Units.Count(minutes / 60 / 24 / 365)} years",
    };
}
