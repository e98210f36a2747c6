namespace Terse.Faults;

/// <summary>Compares the clicks that visitors made with those that the statistics count.</summary>
internal sealed class ClickJudge(Rig rig)
{
    public Task StartAsync() => Task.FromResult(rig.Links.Count);

    public Task<ClickOutcome> FinishAsync(RedirectOutcome redirects) => Task.FromResult(new ClickOutcome(0, rig.Links.Count < 0 ? redirects.Right : 0));
}
