using System.Globalization;
using System.Text;

namespace Terse.Links;

/// <summary>
/// What a word is in a search, for every store alike: a run of letters, marks and digits, in lower case, of which the first
/// <see cref="MaxLength"/> characters count. Everything else separates, '-' and '_' too, so nothing that a user types is an operator.
/// </summary>
internal static class SearchWords
{
    /// <summary>Longer words are cut, in links and in searches alike: the tail of a 2,000-character token is worth no index space.</summary>
    public const int MaxLength = 32;

    /// <summary>
    /// The distinct words of a link: of its code, destination, title and tags. The destination's percent-escapes are read as the characters
    /// that they stand for; its scheme and a leading <c>www.</c> are left out, because nearly every link has them.
    /// </summary>
    public static HashSet<string> OfLink(Link link)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        Split(link.Code.Value, words);
        Split(WithoutScheme(Uri.UnescapeDataString(link.Destination)), words);
        Split(link.Title, words);
        foreach (var tag in link.Tags) Split(tag, words);
        return words;
    }

    /// <summary>The distinct words of a search. A pasted URL loses its scheme and <c>www.</c> as a destination does.</summary>
    public static HashSet<string> OfSearch(string search)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in search.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            Split(WithoutScheme(part.Contains('%') ? Uri.UnescapeDataString(part) : part), words);
        return words;
    }

    /// <summary>Whether one of a link's words starts with a word of a search, which is what it means to have it.</summary>
    public static bool Have(HashSet<string> ofLink, string word) => ofLink.Any(candidate => candidate.StartsWith(word, StringComparison.Ordinal));

    private static ReadOnlySpan<char> WithoutScheme(ReadOnlySpan<char> url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme is > 0 and < 16 && !url[..scheme].ContainsAny(" ./?#")) url = url[(scheme + 3)..];
        return url.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? url[4..] : url;
    }

    private static void Split(ReadOnlySpan<char> text, HashSet<string> words)
    {
        var word = new StringBuilder(MaxLength + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsWordPart(rune)) Flush();
            else if (word.Length < MaxLength) word.Append(Rune.ToLowerInvariant(rune).ToString());
        }

        Flush();

        void Flush()
        {
            if (word.Length > 0) words.Add(word.ToString());
            word.Clear();
        }
    }

    private static bool IsWordPart(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value)
        : Rune.GetUnicodeCategory(rune) is <= UnicodeCategory.OtherNumber && rune != Rune.ReplacementChar;
}
