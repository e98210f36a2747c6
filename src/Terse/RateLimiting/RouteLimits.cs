using Microsoft.AspNetCore.Routing.Template;

namespace Terse.RateLimiting;

/// <summary>The limits of single routes, by method and route template.</summary>
internal sealed class RouteLimits
{
    // Literal segments before parameters, as routing has it.
    private readonly Entry[] _entries;

    private RouteLimits(IEnumerable<Entry> entries) => _entries = [.. entries.OrderBy(static entry => RoutePrecedence.ComputeInbound(entry.Template))];

    public static bool TryParse(string text, out RouteLimits limits)
    {
        var entries = new List<Entry>();
        limits = null!;
        foreach (var entry in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var sides = entry.Split('=', 2, StringSplitOptions.TrimEntries);
            var route = sides[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (sides.Length != 2 || route.Length != 2 || !route[1].StartsWith('/')) return false;
            if (!RateLimitRule.TryParse($"route-{entries.Count + 1}", sides[1], out var rule) || !TryParseTemplate(route[1], out var template)) return false;
            if (entries.Any(other => other.Is(route[0], template.TemplateText!))) return false;
            entries.Add(new Entry(route[0], template, rule));
        }
        limits = new RouteLimits(entries);
        return true;
    }

    /// <summary>The limit of the route that the request was found to be for.</summary>
    public RateLimitRule? FindByRoute(HttpContext context) =>
        _entries.Length > 0 && context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } template }
            ? Array.Find(_entries, entry => entry.Is(context.Request.Method, template.Trim('/')))?.Rule
            : null;

    /// <summary>The same where routes are not known, as at the gateway: the most specific whose template fits the path.</summary>
    public RateLimitRule? FindByPath(HttpContext context) => Array.Find(_entries, entry => entry.Fits(context.Request))?.Rule;

    // "/api/v1/links/" and "/api/v1/links" are one route.
    private static bool TryParseTemplate(string text, out RouteTemplate template)
    {
        try
        {
            template = TemplateParser.Parse(text.Trim('/'));
            return true;
        }
        catch (ArgumentException)
        {
            template = null!;
            return false;
        }
    }

    private sealed record Entry(string Method, RouteTemplate Template, RateLimitRule Rule)
    {
        private readonly TemplateMatcher _matcher = new(Template, []);

        public bool Is(string method, string template) =>
            Method.Equals(method, StringComparison.OrdinalIgnoreCase) && string.Equals(Template.TemplateText, template, StringComparison.OrdinalIgnoreCase);

        public bool Fits(HttpRequest request) => Method.Equals(request.Method, StringComparison.OrdinalIgnoreCase) && _matcher.TryMatch(request.Path, []);
    }
}
