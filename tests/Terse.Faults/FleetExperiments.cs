namespace Terse.Faults;

/// <summary>What a fleet must survive: the death and the stillness of each of its processes, alone and in pairs.</summary>
internal static class FleetExperiments
{
    public static IEnumerable<Experiment> On(FleetRig rig)
    {
        foreach (var part in (string[])["redirect 1", "api 1", "clicks"])
        {
            yield return Experiment.Kill(rig[part]);
            yield return Experiment.Pause(rig[part]);
        }
        yield return Experiment.Kill(rig["gateway"], stopsRedirects: true);
        yield return Experiment.Kill(rig["Redis 1"]);
        yield return Experiment.Pause(rig["Redis 1"]);
        yield return Experiment.Kill(rig["NATS 1"]);
        yield return Experiment.Pause(rig["NATS 1"]);
        if (rig.LinksAreIn == "PostgreSql")
        {
            yield return Experiment.Kill(rig["PostgreSQL 1"]);
            yield return Experiment.Pause(rig["PostgreSQL 1"]);
            yield return Experiment.Kill(rig["replica 1"]);
            yield return Experiment.Pause(rig["replica 1"]);
        }
        yield return Experiment.Both(Experiment.Kill(rig["redirect 1"]), Experiment.Kill(rig["Redis 2"]));
        yield return Experiment.Both(Experiment.Kill(rig["redirect 2"]), Experiment.Kill(rig["redirect 3"]));
        yield return Experiment.Both(Experiment.Kill(rig["clicks"]), Experiment.Kill(rig["NATS 2"]));
        yield return Experiment.Both(Experiment.Kill(rig["api 1"]), Experiment.Pause(rig["api 2"]));
    }
}
