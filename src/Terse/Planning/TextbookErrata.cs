namespace Terse.Planning;

/// <summary>A figure of the classic walk-through that does not hold, computed anew by the model.</summary>
/// <param name="Claim">What it is about.</param>
/// <param name="Printed">What the text prints, where that is a figure of its own; null: its figure is simply not this one.</param>
/// <param name="Right">The figure that follows from its own premises.</param>
/// <param name="Shown"><paramref name="Right"/> in words.</param>
/// <param name="Why">How it follows.</param>
internal sealed record Erratum(string Claim, string? Printed, double Right, string Shown, string Why);

internal static class TextbookErrata
{
    private const double FiveYears = 5 * Units.DaysPerYear;

    public static IReadOnlyList<Erratum> All { get; } = [Photos(), Majority(), Responses(), Writes(), WritesReplicated()];

    private static Erratum Photos()
    {
        var need = StorageNeed.Of(10e6 * 2, 500e3, FiveYears, 1);
        return new(
            "10 million users × 2 photos × 500 KB, kept for five years", "16,571.6 TB", need.Bytes / Units.TiB, Units.Invariant($"{need.Bytes / Units.TiB:N1} TiB"),
            Units.Invariant($"{need.BytesPerDay / Units.GiB:N1} GiB a day × 1,825 days / 1,024; the figure in the text is that of about 1,822 days."));
    }

    private static Erratum Majority() => new(
        "QUORUM of an even number of copies, RF = 4", null, Quorum.Of(4), Units.Invariant($"{Quorum.Of(4)} of 4"),
        "QUORUM is floor(RF/2) + 1: 2 of 3, 3 of 4, 3 of 5. Only then do any two quorums share a copy.");

    private static Erratum Responses()
    {
        var bits = Units.BitsPerSecond(10_000, 10e3);
        return new(
            "10,000 responses a second of 10 KB", null, bits, Units.Bits(bits),
            "10,000 × 10,000 bytes × 8 bits; bytes are not bits, and bandwidth counts in thousands.");
    }

    private static Erratum Writes()
    {
        var need = StorageNeed.Of(100 * Units.SecondsPerDay, 500, FiveYears, 3);
        return new("100 writes a second of 500 B for five years", null, need.Bytes / Units.TiB, Units.Bytes(need.Bytes), "100 × 157,680,000 seconds × 500 B.");
    }

    private static Erratum WritesReplicated()
    {
        var need = StorageNeed.Of(100 * Units.SecondsPerDay, 500, FiveYears, 3);
        return new("the same with three copies", null, need.ReplicatedBytes / Units.TiB, Units.Bytes(need.ReplicatedBytes), "Three times the above.");
    }
}
