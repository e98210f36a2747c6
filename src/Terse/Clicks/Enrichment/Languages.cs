namespace Terse.Clicks.Enrichment;

/// <summary>The language that a visitor would rather read.</summary>
internal static class Languages
{
    /// <summary>
    /// The primary tag (<c>en</c> of <c>en-GB</c>) of the entry of <c>Accept-Language</c> with the highest weight, the first of equals
    /// (RFC 9110, section 12.5.4); <c>""</c> where there is none.
    /// </summary>
    public static string Primary(ReadOnlySpan<char> acceptLanguage)
    {
        ReadOnlySpan<char> best = [];
        var bestWeight = 0.0;
        foreach (var range in acceptLanguage.Split(','))
        {
            var entry = acceptLanguage[range].Trim();
            var weight = Weight(entry);
            var tag = entry[..Math.Max(0, entry.IndexOfAny(';', '-') is var end and >= 0 ? end : entry.Length)].Trim();
            if (weight <= bestWeight || tag.Length is < 2 or > 8 || !IsLetters(tag)) continue;
            best = tag;
            bestWeight = weight;
            if (weight >= 1) break;
        }
        return best.IsEmpty ? "" : best.ToString().ToLowerInvariant();
    }

    private static double Weight(ReadOnlySpan<char> entry)
    {
        var at = entry.IndexOf("q=", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return 1;
        return double.TryParse(entry[(at + 2)..].Trim(), System.Globalization.CultureInfo.InvariantCulture, out var weight) ? weight : 0;
    }

    private static bool IsLetters(ReadOnlySpan<char> tag)
    {
        foreach (var character in tag)
            if (!char.IsAsciiLetter(character)) return false;
        return true;
    }
}
