using Terse.Codes;

namespace Terse.Links;

/// <summary>
/// Keeps links by code. Every clause below is one test of the contract suite, which every adapter passes against the real engine.
/// All methods may be called from many threads at once. A write that was reported done is durable: it survives kill -9 and, with the
/// engine's own guarantee, power loss. Any method may throw <see cref="StoreUnavailableException"/>. Instants come back with the millisecond they were stored with.
/// </summary>
internal interface ILinkStore
{
    /// <summary>
    /// Adds <paramref name="link"/> unless its code is taken (by a generated code or an alias alike).
    /// <list type="bullet">
    /// <item>Of any number of callers that add one code at once, exactly one gets <see cref="AddResult.Added"/>.</item>
    /// <item>A taken code is left as it was.</item>
    /// <item>A code is taken even when its link has ended, until that link is removed or swept.</item>
    /// <item>An added link is found with every field as it was given.</item>
    /// </list>
    /// </summary>
    ValueTask<AddResult> AddAsync(Link link, CancellationToken cancellationToken);

    /// <summary>
    /// Adds each link as <see cref="AddAsync"/> does, with one result per link in the order given.
    /// A taken code fails its own link only; of two links with one code in one call the first is added.
    /// </summary>
    ValueTask<IReadOnlyList<AddResult>> AddManyAsync(IReadOnlyList<Link> links, CancellationToken cancellationToken);

    /// <summary>
    /// The link under <paramref name="code"/>, ended or not, or null. Codes differ by case.
    /// A link whose addition was reported is found at once, on every node.
    /// </summary>
    ValueTask<Link?> FindAsync(ShortCode code, CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="FindAsync"/>, but from a copy that may be a little behind, where the engine has one: what redirects read.
    /// <list type="bullet">
    /// <item>A link whose addition was reported is found at once, on every node: what a copy does not have is asked again of the first hand.</item>
    /// <item>What comes back has no lower version than <paramref name="leastVersion"/>, if the store has such a version: the caller has heard of that change.</item>
    /// <item>Otherwise it is at most as old as the engine's options say.</item>
    /// </list>
    /// </summary>
    ValueTask<Link?> FindNearbyAsync(ShortCode code, long leastVersion, CancellationToken cancellationToken) => FindAsync(code, cancellationToken);

    /// <summary>
    /// Replaces the link of the same code if its stored version is <paramref name="expectedVersion"/>.
    /// <list type="bullet">
    /// <item>Of callers with the same expected version, exactly one gets <see cref="ChangeResult.Done"/>.</item>
    /// <item>Another version: <see cref="ChangeResult.Stale"/>, nothing changes.</item>
    /// <item>No such link: <see cref="ChangeResult.Missing"/>.</item>
    /// <item>Searches and filters by tag and owner see the new fields, and no longer the old ones.</item>
    /// <item>Its place in the list (newest first, by creation) stays.</item>
    /// <item><see cref="Link.Visits"/> of the replacement is ignored: the visits taken so far stay, and go on counting against its limit.</item>
    /// </list>
    /// </summary>
    ValueTask<ChangeResult> ReplaceAsync(Link link, long expectedVersion, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the link if its version is <paramref name="expectedVersion"/> (null: whatever its version). The code is free again.
    /// Results as for <see cref="ReplaceAsync"/>.
    /// </summary>
    ValueTask<ChangeResult> RemoveAsync(ShortCode code, long? expectedVersion, CancellationToken cancellationToken);

    /// <summary>
    /// Takes one visit of a link that has <see cref="Link.MaxVisits"/>.
    /// <list type="bullet">
    /// <item>Of any number of callers at once, on all nodes together, as many get <see cref="VisitResult.Taken"/> as the limit leaves; the others get <see cref="VisitResult.UsedUp"/>.</item>
    /// <item>A link without a limit: <see cref="VisitResult.Taken"/>, and nothing is counted.</item>
    /// <item>No such link: <see cref="VisitResult.Missing"/>.</item>
    /// <item>The link's version stays; its <see cref="Link.Visits"/> tells how many were taken.</item>
    /// <item>A raised limit lets as many more visits through as it was raised by.</item>
    /// <item>A taken visit is durable before it is reported, so that no crash gives it back.</item>
    /// </list>
    /// </summary>
    ValueTask<VisitResult> TakeVisitAsync(ShortCode code, CancellationToken cancellationToken);

    /// <summary>
    /// A page of links, the last added first, or the first added first when <see cref="LinkQuery.OldestFirst"/> says so.
    /// <list type="bullet">
    /// <item>Following <see cref="LinkPage.Next"/> visits every link that is there throughout exactly once, whatever is added or removed meanwhile.</item>
    /// <item><see cref="LinkPage.Next"/> is null on the last page. It is opaque and made of URL-safe characters.</item>
    /// <item>A cursor that is not one of this store's throws <see cref="FormatException"/>.</item>
    /// <item>A search matches links that have, for each of its words, a word that starts with it, in code, destination, title or tags,
    /// whatever the case. What a word is, <see cref="SearchWords"/> says for all engines. No input is an error, nor is there any operator in it;
    /// a search that has no word is no search.</item>
    /// <item>A tag matches links that have exactly this tag. Search and tag together must both match.</item>
    /// <item>An owner matches links that this owner has, together with search and tag too. Owners differ by case.</item>
    /// </list>
    /// </summary>
    ValueTask<LinkPage> ListAsync(LinkQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// A page of links that redirect no more, for one reason; null from an engine that has no index for this, whose callers walk the list.
    /// <list type="bullet">
    /// <item>Links that were taken down or switched off come in the order of the list; expired ones in the order in which they ended, the last first.</item>
    /// <item>Each is under one reason only: see <see cref="EndReason"/>.</item>
    /// <item>Following <see cref="LinkPage.Next"/> visits each exactly once, as in <see cref="ListAsync"/>, and cursors are told apart in the same way.</item>
    /// </list>
    /// </summary>
    ValueTask<LinkPage?> ListEndedAsync(EndedQuery query, CancellationToken cancellationToken) => ValueTask.FromResult<LinkPage?>(null);

    /// <summary>How many links there are, ended ones included; an engine may answer with a figure that is at most a minute old, the first of which is exact.</summary>
    ValueTask<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Removes up to <paramref name="limit"/> links that ended before <paramref name="endedBefore"/>, the longest ended first, and returns their codes in no order.
    /// Fewer than <paramref name="limit"/> means that none are left, or that the store went away midway: it throws only where nothing was removed.
    /// Links that end at or after that moment are never removed.
    /// </summary>
    ValueTask<IReadOnlyList<ShortCode>> SweepAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// The aliases whose length is <paramref name="length"/> and that have only letters and digits: those that look like generated codes, and that
    /// the arithmetic refusal of unissued codes must therefore let through. In no order, ended ones included.
    /// </summary>
    IAsyncEnumerable<ShortCode> ReadLookalikesAsync(int length, CancellationToken cancellationToken);
}

internal enum AddResult
{
    Added,
    Taken,
}

internal enum ChangeResult
{
    Done,
    Missing,
    Stale,
}

internal enum VisitResult
{
    Taken,
    UsedUp,
    Missing,
}

/// <param name="Limit">Links per page, 1 to 1,000.</param>
/// <param name="Cursor">The <see cref="LinkPage.Next"/> of the page before, or null for the first.</param>
/// <param name="Search">Words to find, or null.</param>
/// <param name="Tag">A tag that the link must have, or null.</param>
/// <param name="OldestFirst">The order turned round: the first added first.</param>
/// <param name="Owner">Whose links, or null for everybody's.</param>
internal sealed record LinkQuery(int Limit, string? Cursor = null, string? Search = null, string? Tag = null, bool OldestFirst = false, string? Owner = null);

internal sealed record LinkPage(IReadOnlyList<Link> Links, string? Next)
{
    /// <summary>A page of rows of which more were asked for than it has: the one too many tells that there is a next page.</summary>
    /// <param name="rows">Links and the ids of their rows, in order.</param>
    /// <param name="limit">The most links of the page.</param>
    /// <param name="cursorOf">What comes after a row; by default the rows past its id.</param>
    public static LinkPage Of(IReadOnlyList<(Link Link, long Id)> rows, int limit, Func<Link, long, string>? cursorOf = null)
    {
        cursorOf ??= static (_, id) => RowCursor.Write(id);
        return new([.. rows.Take(limit).Select(static row => row.Link)], rows.Count > limit ? cursorOf(rows[limit - 1].Link, rows[limit - 1].Id) : null);
    }
}
