using System.Globalization;

namespace Terse.Redirects;

/// <summary>The caching that a redirect allows.</summary>
internal static class CacheHeaders
{
    /// <summary>
    /// Nobody keeps the redirect, 301 and 308 included: an edit is seen and a click is counted at once.
    /// Without it browsers keep a 301 for as long as they like (RFC 9111, section 4.2.2).
    /// </summary>
    public const string NoStore = "no-store";

    /// <summary>
    /// Browsers always ask, shared caches answer for <paramref name="edgeTtl"/>, but never beyond <paramref name="untilEnd"/>,
    /// which is what the link has left at the last moment that this answer may be given.
    /// </summary>
    public static string For(TimeSpan edgeTtl, TimeSpan untilEnd)
    {
        var seconds = (long)Math.Min(edgeTtl.TotalSeconds, untilEnd.TotalSeconds);
        return seconds <= 0 ? NoStore : string.Create(CultureInfo.InvariantCulture, $"public, max-age=0, s-maxage={seconds}");
    }
}
