using System.Globalization;
using Terse.Admin.Statistics;
using Terse.Clicks;
using Terse.Codes;
using Terse.Links;

namespace Terse.Admin.Links;

/// <summary>
/// A page of the links table. Search, tag, order and the lists of links that ended are the store's own index ranges, so any page costs what the first does. What has no
/// index is bounded, and says so: other combinations with a state walk at most <see cref="MostWalked"/> links at a time, and the most clicked are those of 30 days, at most
/// <see cref="MostRanked"/>.
/// </summary>
internal sealed class LinkTable(ILinkStore links, ClickReport report, TimeProvider time)
{
    public const int PageSize = 50;
    public const int MostWalked = 5_000;
    public const int MostRanked = 500;
    private const int Step = 500;

    public async ValueTask<LinkTablePage> ReadAsync(LinkTableQuery query, CancellationToken cancellationToken)
    {
        if (query.Order == LinkOrder.MostClicked) return await ReadMostClickedAsync(query, cancellationToken);
        if (query.State is null)
        {
            var page = await links.ListAsync(query.Of(PageSize, query.Cursor), cancellationToken);
            return new(page.Links, page.Next, page.Links.Count);
        }

        return query is { Search: null, Tag: null } && ReasonOf(query.State) is { } reason
            && await links.ListEndedAsync(new(reason, time.GetUtcNow(), PageSize, query.Cursor, query.Order == LinkOrder.Oldest), cancellationToken) is { } ended
            ? new(ended.Links, ended.Next, ended.Links.Count)
            : await WalkAsync(query, cancellationToken);
    }

    private async ValueTask<LinkTablePage> WalkAsync(LinkTableQuery query, CancellationToken cancellationToken)
    {
        var (found, cursor, walked) = (new List<Link>(), query.Cursor, 0);
        do
        {
            // The first step is the page itself: where most links match, no more is read than is shown.
            var page = await links.ListAsync(query.Of(walked == 0 ? PageSize : Step, cursor), cancellationToken);
            found.AddRange(page.Links.Where(link => IsIn(query.State, link)));
            (cursor, walked) = (page.Next, walked + page.Links.Count);
        }
        while (cursor is not null && found.Count < PageSize && walked < MostWalked);
        return new(found, cursor, walked);
    }

    private async ValueTask<LinkTablePage> ReadMostClickedAsync(LinkTableQuery query, CancellationToken cancellationToken)
    {
        var passed = query.Cursor is null ? 0 : int.TryParse(query.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : throw new FormatException("Not a cursor of this list.");
        var ranked = await report.ReadTopAsync(new ClickView("30d", null, null, []), null, ClickDimension.Link, MostRanked, cancellationToken);
        var found = new List<Link>();
        while (passed < ranked.Count && found.Count < PageSize)
        {
            if (ShortCode.TryParse(ranked[passed++].Value, out var code) && await links.FindAsync(code, cancellationToken) is { } link
                && IsIn(query.State, link) && (query.Tag is null || link.Tags.Contains(query.Tag))) found.Add(link);
        }

        return new(found, passed < ranked.Count ? passed.ToString(CultureInfo.InvariantCulture) : null, passed);
    }

    private bool IsIn(string? state, Link link) => state is null || LinkResponse.StateOf(link, time.GetUtcNow()) == state;

    private static EndReason? ReasonOf(string state) => state switch { "taken-down" => EndReason.TakenDown, "disabled" => EndReason.Disabled, "expired" => EndReason.Expired, _ => null };
}

internal enum LinkOrder
{
    Newest,
    Oldest,

    /// <summary>By the clicks of the last 30 days. Not together with a search.</summary>
    MostClicked,
}

/// <param name="State">A state as the API names it; null for all.</param>
internal sealed record LinkTableQuery(string? Search, string? Tag, string? State, LinkOrder Order, string? Cursor)
{
    public bool IsPlain => Search is null && Tag is null && State is null && Order != LinkOrder.MostClicked;

    public static LinkOrder OrderOf(string? name, string? search) => name switch { "oldest" => LinkOrder.Oldest, "clicks" when search is null => LinkOrder.MostClicked, _ => LinkOrder.Newest };

    public LinkQuery Of(int limit, string? cursor) => new(limit, cursor, Search, Tag, Order == LinkOrder.Oldest);

    /// <summary>The address of the table with these filters.</summary>
    public string Path(string? cursor = null)
    {
        var order = Order switch { LinkOrder.Oldest => "oldest", LinkOrder.MostClicked => "clicks", _ => null };
        (string Name, string? Value)[] parts = [("q", Search), ("tag", Tag), ("state", State), ("order", order), ("after", cursor)];
        var given = parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}").ToArray();
        return given.Length == 0 ? "/admin/links" : $"/admin/links?{string.Join('&', given)}";
    }
}

/// <param name="Next">The cursor of the next page, or null.</param>
/// <param name="Walked">How many links were looked at.</param>
internal sealed record LinkTablePage(IReadOnlyList<Link> Links, string? Next, int Walked);
