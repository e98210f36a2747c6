namespace Terse.Clicks.Enrichment;

/// <summary>The <c>utm_source</c>, <c>utm_medium</c> and <c>utm_campaign</c> of a query; <c>""</c> for each that is not there. The first of equals counts.</summary>
internal readonly record struct CampaignTags(string Source, string Medium, string Campaign)
{
    public const int MaxLength = 100;

    public static CampaignTags Of(ReadOnlySpan<char> query)
    {
        var (source, medium, campaign) = ("", "", "");
        if (!query.Contains("utm_", StringComparison.OrdinalIgnoreCase)) return new(source, medium, campaign);
        query = query.TrimStart('?');
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            if (equals < 0) continue;
            var name = pair[..equals];
            if (source == "" && name.Equals("utm_source", StringComparison.OrdinalIgnoreCase)) source = Decode(pair[(equals + 1)..]);
            else if (medium == "" && name.Equals("utm_medium", StringComparison.OrdinalIgnoreCase)) medium = Decode(pair[(equals + 1)..]);
            else if (campaign == "" && name.Equals("utm_campaign", StringComparison.OrdinalIgnoreCase)) campaign = Decode(pair[(equals + 1)..]);
        }
        return new(source, medium, campaign);
    }

    /// <summary>Decoded, without control characters, and cut: what it says is shown on pages and in files.</summary>
    private static string Decode(ReadOnlySpan<char> text)
    {
        var decoded = Uri.UnescapeDataString(text.ToString().Replace('+', ' ')).Trim();
        if (decoded.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0) decoded = new string([.. decoded.Where(static character => !char.IsControl(character))]);
        if (decoded.Length <= MaxLength) return decoded;
        return decoded[..(char.IsHighSurrogate(decoded[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
    }
}
