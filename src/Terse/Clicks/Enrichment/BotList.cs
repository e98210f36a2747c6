using System.Buffers;
using System.Text.RegularExpressions;

namespace Terse.Clicks.Enrichment;

/// <summary>
/// Whether a user agent is a program that nobody sits before: crawlers, link previews, monitors, HTTP libraries. It joins two lists, by whole-text
/// search for the patterns that are plain words (nearly all) and by one expression for each list's rest.
/// </summary>
internal sealed partial class BotList
{
    // By the wall clock: long enough that a busy machine does not make a browser a bot.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(2);

    private readonly SearchValues<string> _crawlers;
    private readonly SearchValues<string> _bots;
    private readonly Regex[] _expressions;

    public BotList()
    {
        // The first list differs by case, the second does not.
        (_crawlers, var crawlers) = Split("crawlers.txt", StringComparison.Ordinal);
        (_bots, var bots) = Split("bots.txt", StringComparison.OrdinalIgnoreCase);
        _expressions = [new(crawlers, RegexOptions.CultureInvariant, MatchTimeout), new(bots, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, MatchTimeout)];
    }

    public bool Contains(string userAgent)
    {
        if (userAgent.Length == 0 || userAgent.AsSpan().ContainsAny(_crawlers) || userAgent.AsSpan().ContainsAny(_bots)) return true;
        try
        {
            return Array.Exists(_expressions, expression => expression.IsMatch(userAgent));
        }
        catch (RegexMatchTimeoutException)
        {
            // No browser sends a text that is slow to match.
            return true;
        }
    }

    private static (SearchValues<string> Words, string Expression) Split(string list, StringComparison comparison)
    {
        var words = new List<string>();
        var expressions = new List<string>();
        foreach (var pattern in EmbeddedList.ReadLines(list).Where(static line => line.Length > 0))
        {
            if (PlainWord().IsMatch(pattern)) words.Add(pattern.Replace("\\", "", StringComparison.Ordinal));
            else expressions.Add($"(?:{pattern})");
        }
        return (SearchValues.Create([.. words], comparison), string.Join('|', expressions));
    }

    /// <summary>A pattern that stands for itself: no operator but escaped punctuation.</summary>
    [GeneratedRegex(@"^(?:[^\\\[\](){}.*+?^$|]|\\[^A-Za-z0-9])+$")]
    private static partial Regex PlainWord();
}
