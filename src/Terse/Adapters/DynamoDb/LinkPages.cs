using Terse.Links;

namespace Terse.Adapters.DynamoDb;

/// <summary>Pages of links along the list that promises the fewest lines: an owner's, a tag's, a word's, or that of all links. So what one owner's list costs is up to that owner.</summary>
internal sealed class LinkPages(DynamoDbDatabase database, LinkLists lists)
{
    /// <summary>
    /// After so many lines a page ends even if it is not full, perhaps empty, with a cursor to go on from: a search for what is rare along a long
    /// list must not hold one request for minutes.
    /// </summary>
    public const int MostExamined = 20_000;

    /// <summary>
    /// 1. Choose the list. 2. Take as many lines as links are missing. 3. Read their links; keep those that are where the line says and match.
    /// 4. Again until there is one more than asked for, which tells that there is a next page.
    /// </summary>
    public async Task<LinkPage> ReadAsync(LinkQuery query, CancellationToken cancellationToken)
    {
        // 1. Choose
        Place? from = query.Cursor is null ? null : Place.FromCursor(query.Cursor);
        var words = query.Search is null ? [] : SearchWords.OfSearch(query.Search);
        var filtered = words.Count > 0 || query.Tag is not null;
        var reader = new LinkListReader(database, lists, Choose(query, words), descending: !query.OldestFirst, query.Limit);
        var found = new List<StoredLink>();
        var examined = 0;
        Place last = default;

        // 2. Take
        await using var lines = reader.ReadAsync(from?.Text, from is { } place ? ListEntry.DayOf(place.Milliseconds) : 0, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var more = true;
        while (more && found.Count <= query.Limit && examined < MostExamined)
        {
            var chunk = new List<ListLine>();
            var wanted = query.Limit + 1 - found.Count;
            if (filtered) wanted = Math.Max(wanted, 100);
            while (chunk.Count < wanted && (more = await lines.MoveNextAsync())) chunk.Add(lines.Current);
            if (chunk.Count == 0) break;

            // 3. Read
            (examined, last) = (examined + chunk.Count, chunk[^1].Entry.Place);
            var links = await FindAsync(chunk, cancellationToken);
            foreach (var line in chunk)
                if (links.TryGetValue(line.Entry.Code, out var link) && link.Place == line.Entry.Place && Matches(link.Link, query, words)) found.Add(link);
            await lists.ForgetAsync(chunk.Where(line => !Needs(links, line.Entry)), cancellationToken);
        }

        // 4. Next
        string? next = null;
        if (found.Count > query.Limit) next = found[query.Limit - 1].Place.ToCursor();
        else if (more) next = last.ToCursor();
        return new LinkPage([.. found.Take(query.Limit).Select(static link => link.Link)], next);
    }

    private static string Choose(LinkQuery query, HashSet<string> words)
    {
        if (query.Owner is { } owner) return LinkEntries.Owner(owner);
        if (query.Tag is { } tag) return LinkEntries.Tag(tag);
        var longest = words.Where(static word => LinkEntries.PrefixOf(word) is not null).MaxBy(static word => word.Length);
        return longest is null ? LinkEntries.All : LinkEntries.Word(LinkEntries.PrefixOf(longest)!);
    }

    private static bool Matches(Link link, LinkQuery query, HashSet<string> words)
    {
        if (query.Owner is { } owner && link.Owner != owner) return false;
        if (query.Tag is { } tag && !link.Tags.Contains(tag)) return false;
        if (words.Count == 0) return true;
        var own = SearchWords.OfLink(link);
        return words.All(word => SearchWords.Have(own, word));
    }

    private static bool Needs(Dictionary<string, StoredLink> links, ListEntry entry) =>
        links.TryGetValue(entry.Code, out var link) && link.Place == entry.Place && LinkEntries.Of(link.Link, link.Place).Contains(entry);

    private async Task<Dictionary<string, StoredLink>> FindAsync(List<ListLine> lines, CancellationToken cancellationToken)
    {
        var keys = lines.Select(static line => line.Entry.Code).Distinct(StringComparer.Ordinal)
            .Select(static code => LinkItem.Key(Codes.ShortCode.Parse(code))).ToList();
        var items = await database.GetManyAsync(database.Tables.Links, keys, cancellationToken);
        return items.Select(LinkItem.Read).ToDictionary(static stored => stored.Link.Code.Value, StringComparer.Ordinal);
    }
}
