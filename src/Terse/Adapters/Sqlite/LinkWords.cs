using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>
/// The full-text index of links' words. <see cref="SearchWords"/> has split them, so the engine's simplest tokenizer, which cuts at ASCII
/// punctuation, sees only words and spaces; and a search, each word quoted, cannot contain an operator.
/// </summary>
internal static class LinkWords
{
    public static string Text(Link link) => string.Join(' ', SearchWords.OfLink(link));

    /// <summary>Links that have a word starting with each of these.</summary>
    public static string Match(IEnumerable<string> words) => string.Join(' ', words.Select(static word => $"\"{word}\"*"));

    public static void Add(SqliteSession session, long id, string words) =>
        session.Prepare("INSERT INTO link_words (rowid, words) VALUES (?1, ?2)").Bind(id).Bind(words).Execute();

    public static void Remove(SqliteSession session, long id) =>
        session.Prepare("DELETE FROM link_words WHERE rowid = ?1").Bind(id).Execute();
}
