namespace Terse.Planning;

internal enum LimitUnit
{
    PerSecond,
    Bytes,
    Share,
    Count,
}

/// <summary>One number that a rung can carry only so much of.</summary>
/// <param name="Rung">The rung whose limit it is.</param>
/// <param name="Number">What is compared, such as "redirects at the peak".</param>
/// <param name="Value">How much of it there is.</param>
/// <param name="Most">How much of it the rung carries.</param>
/// <param name="Forces">The component that is forced when there is more.</param>
/// <param name="Basis">Where <paramref name="Most"/> comes from.</param>
internal sealed record Limit(int Rung, string Number, double Value, double Most, LimitUnit Unit, string Forces, string Basis, IReadOnlyList<DecisionPage> Pages)
{
    public bool IsExceeded => Value > Most;

    /// <summary>By what factor the number may grow before the limit is reached; below 1: by what factor it must shrink.</summary>
    public double Headroom => Value > 0 ? Most / Value : double.MaxValue;

    public string ShowValue => Show(Value);

    public string ShowMost => Show(Most);

    /// <summary>The sentence of a forced component.</summary>
    public string Because => $"{Number}: {ShowValue}, and rung {Rung} carries {ShowMost} ({Basis})";

    private string Show(double value) => Unit switch
    {
        LimitUnit.PerSecond => Units.Rate(value),
        LimitUnit.Bytes => Units.Bytes(value),
        LimitUnit.Share => Units.Share(value),
        _ => Units.Count(value),
    };
}
