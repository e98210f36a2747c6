namespace Terse.Clicks.Enrichment;

/// <summary>The site that a visitor came from.</summary>
internal static class Referrers
{
    public const int MaxLength = 253;

    /// <summary>
    /// The host of a <c>Referer</c>, in lower case and without <c>www.</c>; for an Android app its name, such as <c>com.reddit.frontpage</c>;
    /// <c>""</c> where there is none. Path and query are never kept.
    /// </summary>
    public static string Host(string? referrer)
    {
        if (string.IsNullOrEmpty(referrer) || !Uri.TryCreate(referrer, UriKind.Absolute, out var uri)) return "";
        if (uri.Scheme is not ("http" or "https" or "android-app")) return "";
        var host = uri.IdnHost.TrimEnd('.').ToLowerInvariant();
        if (host.StartsWith("www.", StringComparison.Ordinal)) host = host[4..];
        return host.Length <= MaxLength ? host : "";
    }
}
