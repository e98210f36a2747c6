using Terse.Links;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// The searched words, as a tsvector under a GIN index. <see cref="SearchWords"/> has split them: they are letters, marks and digits only, so that a
/// search, each word quoted, cannot contain an operator.
/// </summary>
internal static class LinkWords
{
    public static string[] Of(Link link) => [.. SearchWords.OfLink(link)];

    /// <summary>Links that have a word starting with each of these, or null when there is no word to look for.</summary>
    public static string? Match(string? search)
    {
        if (search is null) return null;
        var words = SearchWords.OfSearch(search);
        return words.Count == 0 ? null : string.Join(" & ", words.Select(static word => $"'{word}':*"));
    }
}
