namespace Terse.Planning;

/// <summary>
/// What an instance is asked to carry. Redirects a day are users × actions, or else new links × reads per write; new links a day, when not
/// given, are redirects / reads per write. Fields that are null are measured or derived. <see cref="WorkloadFields"/> has the ranges.
/// </summary>
internal sealed record Workload
{
    /// <summary>People who follow short links on a day.</summary>
    public double? DailyUsers { get; init; }

    /// <summary>Redirects that each of them causes a day.</summary>
    public double? ActionsPerUser { get; init; }

    public double? NewLinksPerDay { get; init; }

    /// <summary>Redirects for every new link; 100 when nothing else determines it.</summary>
    public double? ReadsPerWrite { get; init; }

    /// <summary>The busiest second against the average one.</summary>
    public double PeakMultiplier { get; init; } = 3;

    /// <summary>Bytes that one link takes in the store, indexes included; null: as measured.</summary>
    public double? BytesPerRecord { get; init; }

    /// <summary>How long a link is kept, in years of 365 days.</summary>
    public double RetentionYears { get; init; } = 5;

    /// <summary>Copies of the data.</summary>
    public double Replication { get; init; } = 3;

    /// <summary>The share of a day's new links that is worth keeping in the cache.</summary>
    public double CacheableFraction { get; init; } = 0.2;

    /// <summary>The share of redirects that the caches answer.</summary>
    public double HitRate { get; init; } = 0.95;

    public double Regions { get; init; } = 1;

    /// <summary>The 99th percentile that a user may wait for a redirect, network included, in milliseconds.</summary>
    public double LatencyTargetMilliseconds { get; init; } = 50;

    /// <summary>The share of time in which redirects must work.</summary>
    public double Availability { get; init; } = 0.999;

    /// <summary>
    /// How long links are followed, in days: the redirects of a moment go to the links of so many days. Half of the clicks on a shared link come
    /// within hours (2.8 hours on Twitter: bitly, "You just shared a link. How long will people pay attention?", 2011). The retention is the worst case.
    /// </summary>
    public double ActiveDays { get; init; } = 7;

    /// <summary>The exponent of the Zipf distribution of redirects over links: 0.64 to 0.83 in web traces (Breslau et al., INFOCOM 1999).</summary>
    public double Skew { get; init; } = 0.8;

    /// <summary>Bytes of one entry in the cache; null: as measured in L1.</summary>
    public double? CacheEntryBytes { get; init; }

    /// <summary>Bytes of one redirect's response; null: as measured.</summary>
    public double? ResponseBytes { get; init; }

    /// <summary>How long single clicks are kept; counters are kept as long as their link.</summary>
    public double ClickRetentionDays { get; init; } = 90;

    public double MachineCores { get; init; } = 8;

    public double MachineMemoryBytes { get; init; } = 32 * Units.GiB;

    public double MachineDiskBytes { get; init; } = Units.TiB;

    /// <summary>Everything that is wrong with it, one sentence each; empty when it can be planned for.</summary>
    public IReadOnlyList<string> Check()
    {
        var wrong = WorkloadFields.All
            .Where(field => field.Get(this) is { } value && !(value >= field.Least && value <= field.Most))
            .Select(field => field.Complain(Quantity.Write(field.Kind, field.Get(this)!.Value)))
            .ToList();
        if (DailyUsers is null != ActionsPerUser is null)
            wrong.Add("Daily users and actions per user belong together: give both, or new links a day.");
        else if (DailyUsers is null && NewLinksPerDay is null)
            wrong.Add("Give daily users and actions per user, or new links a day.");
        else if (wrong.Count == 0 && DailyUsers * ActionsPerUser is { } redirects && NewLinksPerDay * ReadsPerWrite is { } otherwise && Math.Abs(redirects / otherwise - 1) > 0.01)
            wrong.Add($"{Units.Count(redirects)} redirects a day by users × actions, but {Units.Count(otherwise)} by new links × reads per write. Leave one of the four out.");
        return wrong;
    }
}
