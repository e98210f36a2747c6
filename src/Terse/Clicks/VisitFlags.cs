using Microsoft.Extensions.Primitives;

namespace Terse.Clicks;

/// <summary>What a request says of itself: that nobody follows the link, or that its visitor asks not to be followed.</summary>
internal static class VisitFlags
{
    public static ClickFlags Of(HttpRequest request)
    {
        var flags = HttpMethods.IsHead(request.Method) ? ClickFlags.Head : ClickFlags.None;
        var headers = request.Headers;
        if (IsOne(headers["Sec-GPC"]) || IsOne(headers["DNT"])) flags |= ClickFlags.Private;
        if (IsAhead(headers["Sec-Purpose"]) || IsAhead(headers["Purpose"]) || IsAhead(headers["X-Purpose"]) || IsAhead(headers["X-Moz"])) flags |= ClickFlags.Prefetch;
        return flags;
    }

    /// <summary>Of the headers Sec-GPC, DNT, and Sec-Purpose or Purpose, as a log has them.</summary>
    public static ClickFlags Of(string gpc, string dnt, string purpose) =>
        (gpc == "1" || dnt == "1" ? ClickFlags.Private : ClickFlags.None) | (IsAhead(purpose) ? ClickFlags.Prefetch : ClickFlags.None);

    private static bool IsOne(StringValues header) => header.Count == 1 && header[0] == "1";

    private static bool IsAhead(StringValues header)
    {
        if (header.Count == 0 || header[0] is not { } purpose) return false;
        return purpose.Contains("prefetch", StringComparison.OrdinalIgnoreCase)
            || purpose.Contains("prerender", StringComparison.OrdinalIgnoreCase)
            || purpose.Contains("preview", StringComparison.OrdinalIgnoreCase);
    }
}
