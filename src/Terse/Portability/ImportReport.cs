namespace Terse.Portability;

/// <summary>What an import has done so far, in lines of the file.</summary>
public sealed class ImportReport
{
    private const int MaxReasons = 100;
    private readonly List<string> _reasons = [];

    /// <summary>Links that were added under their code.</summary>
    public long Added { get; set; }

    /// <summary>Links and keys that were there already, the same.</summary>
    public long Same { get; set; }

    /// <summary>Links left out because their code was taken.</summary>
    public long Skipped { get; set; }

    /// <summary>Links that took the place of another.</summary>
    public long Overwritten { get; set; }

    /// <summary>Links that got a new code.</summary>
    public long Renamed { get; set; }

    /// <summary>API keys that were added.</summary>
    public long ApiKeys { get; set; }

    /// <summary>Lines that could not be taken.</summary>
    public long Refused { get; private set; }

    /// <summary>The first 100 of those, each with its line number and reason.</summary>
    public IReadOnlyList<string> Reasons => _reasons;

    internal void Refuse(long number, string reason)
    {
        Refused++;
        if (_reasons.Count < MaxReasons) _reasons.Add($"line {number}: {reason}");
    }

    internal long Changed => Added + Overwritten + Renamed + ApiKeys;

    internal long Total => Added + Same + Skipped + Overwritten + Renamed + ApiKeys + Refused;
}
