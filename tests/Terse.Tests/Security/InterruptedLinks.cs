using Terse.Codes;
using Terse.Links;

namespace Terse.Tests.Security;

/// <summary>A store into which something comes between one reading of a link and what its reader does then.</summary>
internal sealed class InterruptedLinks(ILinkStore store) : ILinkStore
{
    private (ShortCode Code, Func<Task> Interruption)? _next;

    public void AfterNextFind(string code, Func<Task> interruption) => _next = (ShortCode.Parse(code), interruption);

    public async ValueTask<Link?> FindAsync(ShortCode code, CancellationToken cancellationToken)
    {
        var found = await store.FindAsync(code, cancellationToken);
        if (_next is not var (awaited, interruption) || awaited != code) return found;
        _next = null;
        await interruption();
        return found;
    }

    public ValueTask<AddResult> AddAsync(Link link, CancellationToken cancellationToken) => store.AddAsync(link, cancellationToken);

    public ValueTask<IReadOnlyList<AddResult>> AddManyAsync(IReadOnlyList<Link> links, CancellationToken cancellationToken) => store.AddManyAsync(links, cancellationToken);

    public ValueTask<Link?> FindNearbyAsync(ShortCode code, long leastVersion, CancellationToken cancellationToken) => store.FindNearbyAsync(code, leastVersion, cancellationToken);

    public ValueTask<ChangeResult> ReplaceAsync(Link link, long expectedVersion, CancellationToken cancellationToken) => store.ReplaceAsync(link, expectedVersion, cancellationToken);

    public ValueTask<ChangeResult> RemoveAsync(ShortCode code, long? expectedVersion, CancellationToken cancellationToken) => store.RemoveAsync(code, expectedVersion, cancellationToken);

    public ValueTask<VisitResult> TakeVisitAsync(ShortCode code, CancellationToken cancellationToken) => store.TakeVisitAsync(code, cancellationToken);

    public ValueTask<LinkPage> ListAsync(LinkQuery query, CancellationToken cancellationToken) => store.ListAsync(query, cancellationToken);

    public ValueTask<LinkPage?> ListEndedAsync(EndedQuery query, CancellationToken cancellationToken) => store.ListEndedAsync(query, cancellationToken);

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => store.CountAsync(cancellationToken);

    public ValueTask<IReadOnlyList<ShortCode>> SweepAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken) => store.SweepAsync(endedBefore, limit, cancellationToken);

    public IAsyncEnumerable<ShortCode> ReadLookalikesAsync(int length, CancellationToken cancellationToken) => store.ReadLookalikesAsync(length, cancellationToken);
}
