namespace Terse.Faults;

/// <summary>Every rig with what is done to it, one at a time: the processes of one are ended before the next starts.</summary>
internal static class Rigs
{
    public static readonly string[] Names = ["one", "PostgreSql", "DynamoDb"];

    public static async IAsyncEnumerable<(Rig Rig, IEnumerable<Experiment> Experiments)> StartAsync(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (name == Names[0])
            {
                await using var embedded = await EmbeddedRig.StartAsync();
                yield return (embedded, EmbeddedExperiments.On(embedded));
                continue;
            }

            await using var fleet = await FleetRig.StartAsync(links: name);
            yield return (fleet, FleetExperiments.On(fleet));
        }
    }
}
