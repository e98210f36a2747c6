using System.Text.RegularExpressions;

namespace Terse.Clicks.Enrichment;

/// <summary>
/// One section of uap-core's regexes.yaml (https://github.com/ua-parser/uap-core, docs/specification.md): an ordered list of expressions, of which
/// the first that matches names the family, by its replacement or its first group. Versions are left aside.
/// 1. Skip rules whose required literal is not in the text: a vectorized search is some fifty times cheaper than an expression that fails.
/// 2. The first match wins.
/// The file is read line by line: it uses two kinds of line only, and a YAML library would be a dependency for those.
/// </summary>
internal sealed class FamilyRules
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(50);

    private readonly Rule[] _rules;

    private FamilyRules(Rule[] rules) => _rules = rules;

    public static FamilyRules Browsers() => Read("user_agent_parsers:", "family_replacement");

    public static FamilyRules Systems() => Read("os_parsers:", "os_replacement");

    /// <summary>The family, or <c>""</c> when no rule matches.</summary>
    public string Find(string userAgent)
    {
        foreach (var rule in _rules)
        {
            if (rule.Literal is { } literal && !userAgent.Contains(literal, StringComparison.Ordinal)) continue;
            try
            {
                var match = rule.Expression.Match(userAgent);
                if (match.Success) return rule.Family(match);
            }
            catch (RegexMatchTimeoutException)
            {
                // A text made to be slow: the rule counts as not matching, and the cache keeps the text from costing this again.
            }
        }
        return "";
    }

    private static FamilyRules Read(string section, string replacement)
    {
        var rules = new List<Rule>();
        var inside = false;
        foreach (var line in EmbeddedList.ReadLines("regexes.yaml"))
        {
            if (line.Length > 0 && line[0] is >= 'a' and <= 'z') inside = line == section;
            if (!inside) continue;
            var text = line.AsSpan().Trim();
            if (Value(text, "- regex: ") is { } expression) rules.Add(Rule.Of(expression));
            else if (Value(text, $"{replacement}: ") is { } family) rules[^1] = rules[^1] with { Replacement = family };
        }
        return new FamilyRules([.. rules]);
    }

    private static string? Value(ReadOnlySpan<char> line, string key) =>
        line.StartsWith(key, StringComparison.Ordinal) && line.Length >= key.Length + 2
            ? line[(key.Length + 1)..^1].ToString().Replace("''", "'", StringComparison.Ordinal)
            : null;

    private sealed record Rule(Regex Expression, string? Literal, string? Replacement)
    {
        public static Rule Of(string expression) =>
            new(new Regex(expression, RegexOptions.CultureInvariant, MatchTimeout), RequiredLiteral.Of(expression), null);

        public string Family(Match match)
        {
            if (Replacement is null) return match.Groups[1].Value.Trim();
            var family = Replacement;
            for (var group = 1; group < match.Groups.Count && family.Contains('$', StringComparison.Ordinal); group++)
                family = family.Replace($"${group}", match.Groups[group].Value, StringComparison.Ordinal);
            return family.Trim();
        }
    }
}
