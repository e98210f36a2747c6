using System.Collections.Frozen;

namespace Terse.RateLimiting;

/// <summary>The limits of single routes, by method and route template.</summary>
internal sealed class RouteLimits
{
    private readonly FrozenDictionary<string, RateLimitRule> _rules;

    private RouteLimits(IEnumerable<KeyValuePair<string, RateLimitRule>> rules) => _rules = rules.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static bool TryParse(string text, out RouteLimits limits)
    {
        var rules = new Dictionary<string, RateLimitRule>(StringComparer.OrdinalIgnoreCase);
        limits = null!;
        foreach (var entry in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var sides = entry.Split('=', 2, StringSplitOptions.TrimEntries);
            var route = sides[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (sides.Length != 2 || route.Length != 2 || !route[1].StartsWith('/')) return false;
            if (!RateLimitRule.TryParse($"route-{rules.Count + 1}", sides[1], out var rule) || !rules.TryAdd(Key(route[0], route[1]), rule)) return false;
        }
        limits = new RouteLimits(rules);
        return true;
    }

    public RateLimitRule? Find(HttpContext context) =>
        _rules.Count > 0 && context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } template }
            ? _rules.GetValueOrDefault(Key(context.Request.Method, template))
            : null;

    // "/api/v1/links/" and "/api/v1/links" are one route.
    private static string Key(string method, string template) => $"{method} /{template.Trim('/')}";
}
