using Terse.Codes;
using Terse.Links;

namespace Terse.Tests.Schedules;

/// <summary>The part of a link store that redirects call.</summary>
internal abstract class OnlyFinds : ILinkStore
{
    public abstract ValueTask<Link?> FindAsync(ShortCode code, CancellationToken cancellationToken);

    public ValueTask<AddResult> AddAsync(Link link, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<AddResult>> AddManyAsync(IReadOnlyList<Link> links, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ChangeResult> ReplaceAsync(Link link, long expectedVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ChangeResult> RemoveAsync(ShortCode code, long? expectedVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<VisitResult> TakeVisitAsync(ShortCode code, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<LinkPage> ListAsync(LinkQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<ShortCode>> SweepAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ShortCode> ReadLookalikesAsync(int length, CancellationToken cancellationToken) => throw new NotSupportedException();
}
