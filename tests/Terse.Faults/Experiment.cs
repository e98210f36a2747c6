namespace Terse.Faults;

/// <summary>One fault, held under load.</summary>
/// <param name="Fault">What is broken, in words for the report.</param>
/// <param name="Break">Breaks it.</param>
/// <param name="Mend">Mends it. The redirects and writes of the time in between, and of a while after, are judged.</param>
/// <param name="StopsRedirects">The fault is the death of the only node that visitors reach: redirects may fail meanwhile.</param>
/// <param name="EditsAreSeen">Edits are acknowledged while the fault is held, and visitors must come to see them before it is mended.</param>
/// <param name="MendedByRestart">The only node that visitors reach is ended and started again to mend it: redirects may fail from there on, not before.</param>
internal sealed record Experiment(
    string Fault, Func<Task> Break, Func<Task> Mend, bool StopsRedirects = false, bool EditsAreSeen = false, bool MendedByRestart = false)
{
    public static Experiment Kill(Faulty part, bool stopsRedirects = false) =>
        new($"kill -9 {part.Name}", part.KillAsync, part.RestartAsync, stopsRedirects);

    public static Experiment Pause(Faulty part, bool stopsRedirects = false) =>
        new($"pause (SIGSTOP) {part.Name}", () => Now(part.Pause), () => Now(part.Resume), stopsRedirects);

    public static Experiment Both(Experiment one, Experiment other) => new(
        $"{one.Fault}, and {other.Fault}",
        () => Task.WhenAll(one.Break(), other.Break()),
        async () =>
        {
            await one.Mend();
            await other.Mend();
        },
        one.StopsRedirects || other.StopsRedirects);

    public static Experiment Of(string fault, Action @break, Action mend, bool stopsRedirects = false) => new(fault, () => Now(@break), () => Now(mend), stopsRedirects);

    /// <summary>Something that is done at once.</summary>
    public static Task Now(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
