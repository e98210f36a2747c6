using Terse.Codes;
using Terse.Links;

namespace Terse.Migration;

/// <summary>Links while an instance moves: read from the lead, written to both.</summary>
internal sealed class MigratingLinkStore(LiveMigration migration) : ILinkStore
{
    public ValueTask<AddResult> AddAsync(Link link, CancellationToken cancellationToken) => migration.ChangeAsync(
        links => links.AddAsync(link, cancellationToken), result => Only(link.Code, result == AddResult.Added), [link.Code], cancellationToken);

    public ValueTask<IReadOnlyList<AddResult>> AddManyAsync(IReadOnlyList<Link> links, CancellationToken cancellationToken) => migration.ChangeAsync(
        lead => lead.AddManyAsync(links, cancellationToken),
        results => links.Where((_, index) => results[index] == AddResult.Added).Select(static link => link.Code),
        links.Select(static link => link.Code),
        cancellationToken);

    public ValueTask<ChangeResult> ReplaceAsync(Link link, long expectedVersion, CancellationToken cancellationToken) => migration.ChangeAsync(
        links => links.ReplaceAsync(link, expectedVersion, cancellationToken), result => Only(link.Code, result == ChangeResult.Done), [link.Code], cancellationToken);

    public ValueTask<ChangeResult> RemoveAsync(ShortCode code, long? expectedVersion, CancellationToken cancellationToken) => migration.ChangeAsync(
        links => links.RemoveAsync(code, expectedVersion, cancellationToken), result => Only(code, result == ChangeResult.Done), [code], cancellationToken);

    public ValueTask<VisitResult> TakeVisitAsync(ShortCode code, CancellationToken cancellationToken) => migration.ChangeAsync(
        links => links.TakeVisitAsync(code, cancellationToken), result => Only(code, result == VisitResult.Taken), [code], cancellationToken);

    // A sweep that failed half-way is made good by the verification, or by the other store's own sweep.
    public ValueTask<IReadOnlyList<ShortCode>> SweepAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken) =>
        migration.ChangeAsync(links => links.SweepAsync(endedBefore, limit, cancellationToken), static swept => swept, [], cancellationToken);

    public ValueTask<Link?> FindAsync(ShortCode code, CancellationToken cancellationToken) => migration.Lead.Links.FindAsync(code, cancellationToken);

    public ValueTask<Link?> FindNearbyAsync(ShortCode code, long leastVersion, CancellationToken cancellationToken) =>
        migration.Lead.Links.FindNearbyAsync(code, leastVersion, cancellationToken);

    // Each store has cursors of its own: one from before the change of lead is none any more.
    public ValueTask<LinkPage> ListAsync(LinkQuery query, CancellationToken cancellationToken) => migration.Lead.Links.ListAsync(query, cancellationToken);

    public ValueTask<LinkPage?> ListEndedAsync(EndedQuery query, CancellationToken cancellationToken) => migration.Lead.Links.ListEndedAsync(query, cancellationToken);

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => migration.Lead.Links.CountAsync(cancellationToken);

    public IAsyncEnumerable<ShortCode> ReadLookalikesAsync(int length, CancellationToken cancellationToken) =>
        migration.Lead.Links.ReadLookalikesAsync(length, cancellationToken);

    private static IEnumerable<ShortCode> Only(ShortCode code, bool changed) => changed ? [code] : [];
}
