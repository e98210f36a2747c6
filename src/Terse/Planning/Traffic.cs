namespace Terse.Planning;

/// <summary>Requests: averages over a day, and the busiest second.</summary>
internal sealed record Traffic(double NewLinksPerDay, double RedirectsPerDay, double PeakMultiplier)
{
    public const double UsualReadsPerWrite = 100;

    public double ReadsPerWrite => RedirectsPerDay / NewLinksPerDay;

    public double CreatesPerSecond => Units.PerSecond(NewLinksPerDay);

    public double PeakCreatesPerSecond => CreatesPerSecond * PeakMultiplier;

    public double RedirectsPerSecond => Units.PerSecond(RedirectsPerDay);

    public double PeakRedirectsPerSecond => RedirectsPerSecond * PeakMultiplier;

    /// <param name="workload">One that <see cref="Workload.Check"/> finds nothing wrong with.</param>
    public static Traffic Of(Workload workload)
    {
        var reads = workload.ReadsPerWrite ?? UsualReadsPerWrite;
        var redirects = workload.DailyUsers * workload.ActionsPerUser ?? workload.NewLinksPerDay!.Value * reads;
        return new(workload.NewLinksPerDay ?? redirects / reads, redirects, workload.PeakMultiplier);
    }
}
