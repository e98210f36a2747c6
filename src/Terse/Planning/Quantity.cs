using System.Globalization;
using System.Text.RegularExpressions;
using Terse.Links;

namespace Terse.Planning;

/// <summary>What kind of number a field of the workload is, and so how people write it.</summary>
internal enum QuantityKind
{
    /// <summary><c>1500</c>, <c>1.5k</c>, <c>100M</c>, <c>10B</c> (billion).</summary>
    Count,

    /// <summary><c>500</c>, <c>500B</c>, <c>2KB</c> (1,000), <c>2KiB</c> (1,024), <c>64GiB</c>.</summary>
    Bytes,

    /// <summary><c>95%</c> or <c>0.95</c>.</summary>
    Share,

    /// <summary><c>5</c>, <c>5y</c>, <c>18 months</c>.</summary>
    Years,

    /// <summary><c>90</c>, <c>90d</c>, <c>2y</c>.</summary>
    Days,

    /// <summary><c>50</c>, <c>50ms</c>, <c>0.2s</c>.</summary>
    Milliseconds,
}

/// <summary>Numbers as people write them, and back.</summary>
internal static partial class Quantity
{
    public static bool TryParse(QuantityKind kind, string? text, out double value)
    {
        value = 0;
        if (string.IsNullOrWhiteSpace(text)) return false;
        var match = NumberAndUnit().Match(text);
        if (!match.Success) return TryParseSpan(kind, text, out value);
        if (!double.TryParse(match.Groups["n"].Value.Replace(",", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return false;
        var unit = match.Groups["unit"].Value;
        if (Factor(kind, unit) is not { } factor) return TryParseSpan(kind, text, out value);
        value = number * factor;
        return double.IsFinite(value);
    }

    /// <summary>The shortest text that <see cref="TryParse"/> reads as the same number.</summary>
    public static string Write(QuantityKind kind, double value) => kind switch
    {
        QuantityKind.Count => WriteScaled(value, 1000, ["", "k", "M", "B", "T"]),
        QuantityKind.Bytes => WriteScaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]),
        QuantityKind.Share => $"{Plain(value * 100)}%",
        QuantityKind.Years => $"{Plain(value)}y",
        QuantityKind.Days => $"{Plain(value)}d",
        _ => $"{Plain(value)}ms",
    };

    public static string Example(QuantityKind kind) => kind switch
    {
        QuantityKind.Count => "1500, 1.5k, 100M or 10B",
        QuantityKind.Bytes => "500B, 2KB (1,000) or 2KiB (1,024)",
        QuantityKind.Share => "95% or 0.95",
        QuantityKind.Years => "5y or 18 months",
        QuantityKind.Days => "90d or 2y",
        _ => "50ms or 0.2s",
    };

    private static double? Factor(QuantityKind kind, string unit) => (kind, unit.ToLowerInvariant()) switch
    {
        (QuantityKind.Share, "%") => 0.01,
        (QuantityKind.Milliseconds, "ms" or "") => 1,
        (QuantityKind.Milliseconds, "s") => 1000,
        (QuantityKind.Years, "y" or "") or (QuantityKind.Days, "d" or "") => 1,
        (QuantityKind.Days, "y") => Units.DaysPerYear,
        (QuantityKind.Years, "d") => 1 / Units.DaysPerYear,
        (QuantityKind.Bytes, "" or "b") => 1,
        (QuantityKind.Bytes, "k" or "kb") => 1e3,
        (QuantityKind.Bytes, "m" or "mb") => 1e6,
        (QuantityKind.Bytes, "g" or "gb") => 1e9,
        (QuantityKind.Bytes, "t" or "tb") => 1e12,
        (QuantityKind.Bytes, "kib") => 1024,
        (QuantityKind.Bytes, "mib") => 1024 * 1024,
        (QuantityKind.Bytes, "gib") => Units.GiB,
        (QuantityKind.Bytes, "tib") => Units.TiB,
        (QuantityKind.Count, "k" or "thousand") => 1e3,
        (QuantityKind.Count, "m" or "million") => 1e6,
        (QuantityKind.Count, "b" or "g" or "billion") => 1e9,
        (QuantityKind.Count, "t" or "trillion") => 1e12,
        (QuantityKind.Count or QuantityKind.Share, "") => 1,
        _ => null,
    };

    private static bool TryParseSpan(QuantityKind kind, string text, out double value)
    {
        value = 0;
        if (kind is not (QuantityKind.Years or QuantityKind.Days) || !Lifetime.TryParse(text, out var span)) return false;
        value = span.Value.TotalDays / (kind == QuantityKind.Years ? Units.DaysPerYear : 1);
        return true;
    }

    private static string WriteScaled(double value, double step, string[] units)
    {
        var scale = 0;
        while (scale < units.Length - 1 && value >= step && value / step * 1000 % 1 == 0)
        {
            value /= step;
            scale++;
        }
        return Plain(value) + units[scale];
    }

    private static string Plain(double value) => Math.Round(value, 6).ToString("0.######", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\s*(?<n>\d[\d,_]*(?:\.\d+)?(?:e\+?\d{1,2})?|\.\d+)\s*(?<unit>%|[a-z]*)\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex NumberAndUnit();
}
