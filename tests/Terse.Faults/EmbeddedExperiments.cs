namespace Terse.Faults;

/// <summary>What one process on embedded stores must survive.</summary>
internal static class EmbeddedExperiments
{
    public static IEnumerable<Experiment> On(EmbeddedRig rig)
    {
        var terse = rig["terse"];
        yield return Experiment.Kill(terse, stopsRedirects: true);
        yield return Experiment.Pause(terse, stopsRedirects: true);
        yield return Experiment.Of("disk full under the embedded stores", rig.Disk.Fill, rig.Disk.Free);
        if (rig.Clock is { } clock)
        {
            yield return Experiment.Of("clock an hour back", () => clock.Step(TimeSpan.FromHours(-1)), () => clock.Step(TimeSpan.Zero));
            yield return Experiment.Of("clock two days forward", () => clock.Step(TimeSpan.FromDays(2)), () => clock.Step(TimeSpan.Zero));
        }
        yield return new Experiment(
            "disk error: read-only under the embedded stores",
            rig.Disk.FailAsync,
            async () =>
            {
                await terse.KillAsync();
                await rig.Disk.RepairAsync();
                await terse.RestartAsync();
            },
            MendedByRestart: true);
        yield return new Experiment(
            "kill -9 terse on a full disk",
            async () =>
            {
                rig.Disk.Fill();
                await terse.KillAsync();
            },
            async () =>
            {
                rig.Disk.Free();
                await terse.RestartAsync();
            },
            StopsRedirects: true);
    }
}
