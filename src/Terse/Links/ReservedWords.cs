using System.Collections.Frozen;

namespace Terse.Links;

/// <summary>
/// First path segments that the program itself answers, or that browsers and crawlers ask every site for.
/// They are never aliases, and the redirect middleware lets them pass. Letter case does not matter.
/// </summary>
internal static class ReservedWords
{
    private static readonly FrozenSet<string> Words = new[]
    {
        "_blazor", "_content", "_framework", "admin", "api", "assets", "css", "docs", "favicon", "fonts", "health", "healthz",
        "images", "img", "js", "livez", "login", "logout", "metrics", "not-found", "openapi", "qr", "ready", "readyz", "robots", "scalar",
        "security", "signin", "signin-oidc", "signout", "sitemap", "static", "stats", "terse", "well-known", "wwwroot",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Spans = Words.GetAlternateLookup<ReadOnlySpan<char>>();

    public static IReadOnlyCollection<string> All => Words;

    public static bool Contains(ReadOnlySpan<char> word) => Spans.Contains(word);
}
