namespace Terse.Planning;

/// <summary>What is kept of a steady stream of records. Bytes are exact; <see cref="Units.Bytes"/> shows them 1024-based.</summary>
internal sealed record StorageNeed(double Records, double BytesPerRecord, double BytesPerDay, double Bytes, double ReplicatedBytes)
{
    /// <param name="recordsPerDay">New records a day.</param>
    /// <param name="bytesPerRecord">Bytes of one record, indexes included.</param>
    /// <param name="days">How long each is kept: so many days' records are there in the end.</param>
    /// <param name="copies">Copies of everything, 1 or more.</param>
    public static StorageNeed Of(double recordsPerDay, double bytesPerRecord, double days, double copies)
    {
        var records = recordsPerDay * days;
        return new(records, bytesPerRecord, recordsPerDay * bytesPerRecord, records * bytesPerRecord, records * bytesPerRecord * copies);
    }
}

/// <summary>The end of one year of operation, when nothing has ended early.</summary>
internal sealed record YearEnd(int Year, double Links, double LinkBytes, double ReplicatedBytes, double CodeSpaceUsed, double GuessHitRate);

/// <summary>Bits per second at the peak, and over the month what is paid for.</summary>
internal sealed record BandwidthNeed(double ResponseBytes, double PeakResponseBitsPerSecond, double ResponseBytesPerMonth)
{
    public static BandwidthNeed Of(Traffic traffic, double responseBytes) => new(
        responseBytes,
        Units.BitsPerSecond(traffic.PeakRedirectsPerSecond, responseBytes),
        traffic.RedirectsPerDay * responseBytes * Units.DaysPerYear / 12);
}

/// <summary>Clicks: one for every redirect.</summary>
internal sealed record ClickVolume(double PerDay, double PerSecond, double PeakPerSecond, double KeptDays, StorageNeed Storage)
{
    public static ClickVolume Of(Traffic traffic, double bytesPerClick, double keptDays, double copies) => new(
        traffic.RedirectsPerDay, traffic.RedirectsPerSecond, traffic.PeakRedirectsPerSecond, keptDays,
        StorageNeed.Of(traffic.RedirectsPerDay, bytesPerClick, keptDays, copies));
}

/// <summary>Replicas that must answer so that a read sees the last write (Gifford, "Weighted voting for replicated data", SOSP 1979).</summary>
internal static class Quorum
{
    /// <summary>A majority: floor(copies / 2) + 1. Two of three, three of five; of four it is three, since two and two need not overlap.</summary>
    public static int Of(int copies) => copies / 2 + 1;
}
