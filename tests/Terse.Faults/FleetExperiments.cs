namespace Terse.Faults;

/// <summary>What a fleet must survive: the death and the stillness of each of its processes, alone and in pairs, stores that lag and throttle, and a network that breaks between two of them.</summary>
internal static class FleetExperiments
{
    private static readonly TimeSpan EachWay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(500);

    public static IEnumerable<Experiment> On(FleetRig rig)
    {
        foreach (var part in (string[])["redirect 1", "api 1", "clicks"])
        {
            yield return Experiment.Kill(rig[part]);
            yield return Experiment.Pause(rig[part]);
        }
        yield return Experiment.Kill(rig["gateway"], stopsRedirects: true);
        yield return Experiment.Pause(rig["gateway"], stopsRedirects: true);
        yield return Experiment.Kill(rig["admin"]);
        yield return Experiment.Kill(rig["Redis 1"]);
        yield return Experiment.Pause(rig["Redis 1"]);
        yield return Experiment.Kill(rig["NATS 1"]);
        yield return Experiment.Pause(rig["NATS 1"]);
        foreach (var experiment in rig.LinksAreIn == "PostgreSql" ? PostgreSql(rig) : DynamoDb(rig)) yield return experiment;
        yield return Experiment.Both(Experiment.Kill(rig["redirect 1"]), Experiment.Kill(rig["Redis 2"]));
        yield return Experiment.Both(Experiment.Kill(rig["redirect 2"]), Experiment.Kill(rig["redirect 3"]));
        yield return Experiment.Both(Experiment.Pause(rig["redirect 1"]), Experiment.Pause(rig["redirect 2"]));
        yield return Experiment.Both(Experiment.Kill(rig["clicks"]), Experiment.Kill(rig["NATS 2"]));
        yield return Experiment.Both(Experiment.Pause(rig["clicks"]), Experiment.Pause(rig["NATS 3"]));
        yield return Experiment.Both(Experiment.Kill(rig["api 1"]), Experiment.Pause(rig["api 2"]));
        if (rig.LinksAreIn != "PostgreSql") yield break;
        foreach (var way in rig.Network.Ways)
        {
            yield return new Experiment($"cut between {way}", () => Experiment.Now(() => rig.Network.Cut(way)), () => rig.Network.MendAsync(way));
            yield return new Experiment($"silence between {way}", () => Experiment.Now(() => rig.Network.Silence(way)), () => rig.Network.MendAsync(way));
            yield return new Experiment($"{EachWay.TotalMilliseconds:0} ms each way between {way}", () => Experiment.Now(() => rig.Network.Slow(way, EachWay)), () => rig.Network.MendAsync(way));
        }
    }

    private static IEnumerable<Experiment> PostgreSql(FleetRig rig)
    {
        yield return Experiment.Kill(rig["PostgreSQL 1"]);
        yield return Experiment.Pause(rig["PostgreSQL 1"]);
        yield return Experiment.Kill(rig["replica 1"]);
        yield return Experiment.Pause(rig["replica 1"]);
        yield return Experiment.Both(Experiment.Kill(rig["PostgreSQL 1"]), Experiment.Kill(rig["redirect 3"]));
        yield return new Experiment("replica lagging (its replay paused)", () => rig.ReplicaAsync(follows: false), () => rig.ReplicaAsync(follows: true), EditsAreSeen: true);
    }

    private static IEnumerable<Experiment> DynamoDb(FleetRig rig)
    {
        // None where the environment names a service that is not ours to break.
        if (rig.Network.DynamoDb is not { } api) yield break;
        yield return Experiment.Pause(rig["DynamoDB API 1"]);
        yield return Experiment.Of("DynamoDB throttles half of all calls", () => api.Throttle(0.5), api.Mend);
        yield return Experiment.Of("DynamoDB throttles all calls", () => api.Throttle(1), api.Mend);
        yield return Experiment.Of($"DynamoDB answers {Slowness.TotalMilliseconds:0} ms late", () => api.Slow(Slowness), api.Mend);
    }
}
