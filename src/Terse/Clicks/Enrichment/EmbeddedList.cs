namespace Terse.Clicks.Enrichment;

/// <summary>The lists in Data/, as lines.</summary>
internal static class EmbeddedList
{
    public static IEnumerable<string> ReadLines(string name)
    {
        using var stream = typeof(EmbeddedList).Assembly.GetManifestResourceStream($"Terse.UserAgents.{name}")
            ?? throw new InvalidOperationException($"The program was built without its list {name}.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line) yield return line;
    }
}
