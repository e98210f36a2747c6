using System.Globalization;

namespace Terse.Benchmarks;

/// <summary>What a process and its children have used of the processors so far, from /proc.</summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100;

    public static double MicrosecondsOf(int process) =>
        Directory.EnumerateDirectories("/proc").Sum(folder =>
            int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Of(id, process) : 0) * 1e6 / TicksPerSecond;

    /// <summary>Of one process, with what it has waited for; 0 unless it is <paramref name="wanted"/> or a child of it.</summary>
    private static double Of(int id, int wanted)
    {
        try
        {
            // After the name in brackets, which may hold spaces: the state is field 3, the parent 4, the times 14 to 17.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (id != wanted && int.Parse(fields[1], CultureInfo.InvariantCulture) != wanted) return 0;
            return fields[11..15].Sum(static ticks => double.Parse(ticks, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
