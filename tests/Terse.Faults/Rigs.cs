namespace Terse.Faults;

/// <summary>Every rig with what is done to it, one at a time: the processes of one are ended before the next starts.</summary>
internal static class Rigs
{
    public static async IAsyncEnumerable<(Rig Rig, IEnumerable<Experiment> Experiments)> AllAsync(string words)
    {
        await using (var embedded = await EmbeddedRig.StartAsync()) yield return (embedded, EmbeddedExperiments.On(embedded));
    }
}
