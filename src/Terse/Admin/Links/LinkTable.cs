using Terse.Links;

namespace Terse.Admin.Links;

/// <summary>
/// A page of the links table. Search, tag and order are the store's own index ranges, so any page costs what the first does. No engine has an
/// index by state, so that filter walks the list from the cursor on, for at most <see cref="MostWalked"/> links at a time.
/// </summary>
internal sealed class LinkTable(ILinkStore links, TimeProvider time)
{
    public const int PageSize = 50;
    public const int MostWalked = 5_000;
    private const int Step = 100;

    public async ValueTask<LinkTablePage> ReadAsync(LinkTableQuery query, CancellationToken cancellationToken)
    {
        if (query.State is null)
        {
            var page = await links.ListAsync(query.Of(PageSize, query.Cursor), cancellationToken);
            return new(page.Links, page.Next, page.Links.Count);
        }

        var (found, cursor, walked) = (new List<Link>(), query.Cursor, 0);
        do
        {
            var page = await links.ListAsync(query.Of(Step, cursor), cancellationToken);
            var now = time.GetUtcNow();
            found.AddRange(page.Links.Where(link => LinkResponse.StateOf(link, now) == query.State));
            (cursor, walked) = (page.Next, walked + page.Links.Count);
        }
        while (cursor is not null && found.Count < PageSize && walked < MostWalked);
        return new(found, cursor, walked);
    }
}

/// <param name="State">A state as the API names it; null for all.</param>
internal sealed record LinkTableQuery(string? Search, string? Tag, string? State, bool OldestFirst, string? Cursor)
{
    public bool IsPlain => Search is null && Tag is null && State is null;

    public LinkQuery Of(int limit, string? cursor) => new(limit, cursor, Search, Tag, OldestFirst);

    /// <summary>The address of the table with these filters.</summary>
    public string Path(string? cursor = null)
    {
        (string Name, string? Value)[] parts = [("q", Search), ("tag", Tag), ("state", State), ("order", OldestFirst ? "oldest" : null), ("after", cursor)];
        var given = parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}").ToArray();
        return given.Length == 0 ? "/admin/links" : $"/admin/links?{string.Join('&', given)}";
    }
}

/// <param name="Next">The cursor of the next page, or null.</param>
/// <param name="Walked">How many links were looked at.</param>
internal sealed record LinkTablePage(IReadOnlyList<Link> Links, string? Next, int Walked);
