namespace Terse.Faults;

/// <summary>Runs an experiment on a rig: load, fault, mending, judgement.</summary>
internal sealed class ExperimentRun(Rig rig, double redirectsPerSecond, int writers, TimeSpan held)
{
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(4);

    private readonly ClickJudge _clicks = new(rig);

    public async Task<ExperimentResult> RunAsync(Experiment experiment)
    {
        await _clicks.StartAsync();
        using var visitor = new Visitor(rig.Redirects);
        await using var redirects = new RedirectLoad(visitor, rig.Links, redirectsPerSecond);
        await using var writes = new WriteLoad(rig.Api, writers, visitor);
        redirects.Start();
        writes.Start();

        await Task.Delay(Steady, TimeProvider.System);
        await experiment.Break();
        await Task.Delay(held, TimeProvider.System);
        if (experiment.EditsAreSeen) await writes.SeeEditsAsync(Soon, patience: TimeSpan.Zero);
        var missed = redirects.Missed;
        await experiment.Mend();
        await Task.Delay(Recovery, TimeProvider.System);

        var seen = await redirects.FinishAsync();
        var written = await writes.FinishAsync();
        return new ExperimentResult(rig.Name, experiment, seen, missed, written, await _clicks.FinishAsync(visitor), visitor.Reasons);
    }
}

/// <param name="Lost">Redirects whose answer came through and that no statistic counts.</param>
/// <param name="Surplus">Visits counted twice, beyond those that the gateway asked of a second node, and visits that were never made.</param>
internal readonly record struct ClickOutcome(long Lost, long Surplus);

/// <param name="MissedBefore">Redirects that failed before it was mended.</param>
/// <param name="Reasons">The most frequent failures of redirects in words.</param>
internal sealed record ExperimentResult(string Rig, Experiment Experiment, RedirectOutcome Redirects, long MissedBefore, WriteOutcome Writes, ClickOutcome Clicks, string Reasons)
{
    /// <summary>Of links that were there before, that were made meanwhile, or whose edit must be seen.</summary>
    public long Wrong => Redirects.Wrong + Writes.Denied + Writes.Unseen;

    /// <summary>Whether the aims were met: nothing wrong, nothing lost, and no failed redirect but by the death of the only way in.</summary>
    public bool Good => Wrong == 0 && Writes is { Lost: 0, Repeated: 0 } && (Clicks.Lost == 0 || Experiment.MendedByRestart) && Clicks.Surplus == 0
        && (Experiment.StopsRedirects || (Experiment.MendedByRestart ? MissedBefore == 0 : Redirects is { Failed: 0, KnownDown: 0 }));
}
