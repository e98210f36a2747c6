using System.Globalization;

namespace Terse.Planning;

/// <summary>
/// The units of the model and how they are shown. A day has 86,400 seconds, a year 365 days. Sizes are in bytes and shown 1024-based, with
/// the names that say so (KiB, MiB, GiB, TiB, PiB); bandwidth is in bits per second and shown 1000-based (kbit/s, Mbit/s, Gbit/s).
/// </summary>
internal static class Units
{
    public const double SecondsPerDay = 86_400;
    public const double DaysPerYear = 365;
    public const double SecondsPerYear = SecondsPerDay * DaysPerYear;
    public const double GiB = 1024.0 * 1024 * 1024;
    public const double TiB = 1024 * GiB;

    private static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    private static readonly string[] BitRates = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"];
    private static readonly string[] Scales = ["", "", " million", " billion", " trillion", " quadrillion", " quintillion"];

    public static double PerSecond(double perDay) => perDay / SecondsPerDay;

    /// <summary>Bits per second of so many messages per second of so many bytes: 10,000 of 10 KB are 800,000,000 (0.8 Gbit/s).</summary>
    public static double BitsPerSecond(double messagesPerSecond, double bytes) => messagesPerSecond * bytes * 8;

    public static string Bytes(double bytes) => Scaled(bytes, 1024, Binary, " ");

    public static string Bits(double bitsPerSecond) => Scaled(bitsPerSecond, 1000, BitRates, " ");

    /// <summary>A count: in full below a million, in words from there on.</summary>
    public static string Count(double count) => count < 999_999.5
        ? Digits(count)
        : Scaled(count, 1000, Scales, "");

    public static string Rate(double perSecond) => $"{Count(perSecond)}/s";

    /// <summary>A share as a percentage, with as many digits as it takes to tell it from 0 and from 100 %.</summary>
    public static string Share(double share) => share switch
    {
        0 => "0 %",
        < 0.000_001 => Invariant($"{share * 100:0.#e+0} %"),
        < 0.001 => Invariant($"{share * 100:0.#####} %"),
        > 0.9999 and < 1 => Invariant($"{share * 100:0.#####} %"),
        _ => Invariant($"{share * 100:0.##} %"),
    };

    /// <summary>"1 in N" for a chance.</summary>
    public static string OneIn(double chance) => chance <= 0 ? "never" : $"1 in {Count(Math.Max(1, Math.Round(1 / chance)))}";

    public static string Times(double factor) => $"×{Digits(factor)}";

    public static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    public static string Digits(double number) => number switch
    {
        0 => "0",
        < 0.1 => number.ToString("0.####", CultureInfo.InvariantCulture),
        < 10 => number.ToString("0.##", CultureInfo.InvariantCulture),
        < 100 => number.ToString("0.#", CultureInfo.InvariantCulture),
        _ => number.ToString("N0", CultureInfo.InvariantCulture),
    };

    private static string Scaled(double value, double step, string[] names, string between)
    {
        var scale = 0;
        for (; Math.Abs(value) >= step && scale < names.Length - 1; scale++) value /= step;
        return (scale == 0 ? Digits(value) : value.ToString("#,0.#", CultureInfo.InvariantCulture)) + between + names[scale];
    }
}
