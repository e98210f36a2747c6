using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>
/// Searches. The word index is quick for words that few links have, and slow for those that many have: a prefix is looked up by gathering all of its links, which at ten million
/// takes seconds. So the list itself says first which words are common.
/// 1. Look at the next <see cref="Sample"/> links of the list: what nearly every link has fills the page there.
/// 2. When all words are common, look on for up to <see cref="Near"/> links. In the list of an owner too: a word that is rare there may be everybody else's.
/// 3. Else ask the index for the rare words only, and the links that it finds for the others.
/// </summary>
internal static class LinkSearch
{
    private const int Sample = 500;
    private const int Near = 20_000;
    private const int Batch = 5_000;

    public static LinkPage Read(SqliteSession session, LinkQuery query, long from, string[] words)
    {
        var (past, order) = query.OldestFirst ? (">", "ASC") : ("<", "DESC");
        var (at, walked, ended, hits) = (from, 0, false, new int[words.Length]);
        var found = new List<(Link Link, long Id)>();

        // 1. Sample
        Walk(Sample);
        if (found.Count > query.Limit || ended) return Page();

        // 2. Near
        string[] rare = [.. words.Where((_, word) => hits[word] * 100 <= walked)];
        if (rare.Length == 0 || query.Owner is not null)
        {
            Walk(Near);
            if (found.Count > query.Limit || ended) return Page();
            if (rare.Length == 0) rare = words;
        }

        // 3. Rare
        string[] others = [.. words.Except(rare, StringComparer.Ordinal)];
        (at, ended) = (from, false);
        found.Clear();
        var size = others.Length == 0 ? query.Limit + 1 : Batch;
        while (found.Count <= query.Limit && !ended)
        {
            var rows = Find(LinkWords.Match(rare), size);
            found.AddRange(rows.Where(row => others.Length == 0 || Has(row.Link, others)));
            (at, ended) = (rows.Count > 0 ? rows[^1].Id : at, rows.Count < size);
        }

        return Page();

        void Walk(int most)
        {
            while (walked < most && found.Count <= query.Limit && !ended)
            {
                var rows = LinkLists.Next(session, query, at, Sample).All(LinkRow.ReadWithId);
                foreach (var row in rows)
                {
                    (at, walked) = (row.Id, walked + 1);
                    if (HasAll(row.Link)) found.Add(row);
                }

                ended = rows.Count < Sample;
            }
        }

        bool HasAll(Link link)
        {
            var (its, all) = (SearchWords.OfLink(link), true);
            for (var word = 0; word < words.Length; word++)
            {
                if (SearchWords.Have(its, words[word])) hits[word]++;
                else all = false;
            }

            return all;
        }

        List<(Link Link, long Id)> Find(string match, int limit)
        {
            var statement = session.Prepare($"""
                SELECT {LinkLists.Columns} FROM link_words w
                {(query.Tag is null ? "" : "JOIN link_tags t ON t.tag = ?4 AND t.link_id = w.rowid")}
                JOIN links l ON l.id = w.rowid
                WHERE w.link_words MATCH ?3 AND w.rowid {past} ?1 {LinkLists.OfOwner(query, query.Tag is null ? "?4" : "?5")} ORDER BY w.rowid {order} LIMIT ?2
                """).Bind(at).Bind((long)limit).Bind(match);
            if (query.Tag is { } tag) statement.Bind(tag);
            if (query.Owner is { } owner) statement.Bind(owner);
            return statement.All(LinkRow.ReadWithId);
        }

        LinkPage Page() => LinkPage.Of(found, query.Limit);
    }

    private static bool Has(Link link, string[] words)
    {
        var its = SearchWords.OfLink(link);
        return words.All(word => SearchWords.Have(its, word));
    }
}
