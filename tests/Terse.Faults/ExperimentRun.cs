namespace Terse.Faults;

/// <summary>Runs an experiment on a rig: load, fault, mending, judgement.</summary>
internal sealed class ExperimentRun(Rig rig, double redirectsPerSecond, int writers, TimeSpan held)
{
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(4);

    public async Task<ExperimentResult> RunAsync(Experiment experiment)
    {
        var clicks = new ClickJudge(rig);
        await clicks.StartAsync();
        await using var redirects = new RedirectLoad(rig.Redirects, rig.Links, redirectsPerSecond);
        await using var writes = new WriteLoad(rig.Api, writers);
        redirects.Start();
        writes.Start();

        await Task.Delay(Steady, TimeProvider.System);
        await experiment.Break();
        await Task.Delay(held, TimeProvider.System);
        await experiment.Mend();
        await Task.Delay(Recovery, TimeProvider.System);

        var seen = await redirects.FinishAsync();
        var written = await writes.FinishAsync();
        return new ExperimentResult(rig.Name, experiment, seen, written, await clicks.FinishAsync(seen));
    }
}

/// <param name="Lost">Redirects whose answer came through and that no statistic counts.</param>
/// <param name="Surplus">Counted beyond what was answered and what may have been answered unseen.</param>
internal readonly record struct ClickOutcome(long Lost, long Surplus);

internal sealed record ExperimentResult(string Rig, Experiment Experiment, RedirectOutcome Redirects, WriteOutcome Writes, ClickOutcome Clicks)
{
    /// <summary>Whether the aims were met: nothing wrong, nothing lost, and no failed redirect but by the death of the only way in.</summary>
    public bool Good => Redirects.Wrong == 0 && Writes is { Lost: 0, Repeated: 0 } && Clicks.Lost == 0 && (Clicks.Surplus == 0 || Experiment.CountsTwice)
        && (Experiment.StopsRedirects || Redirects is { Failed: 0, KnownDown: 0 });
}
