using Terse.Codes;
using Terse.Links;

namespace Terse.Tests.Codes;

/// <summary>A link store that holds some lookalike aliases and counts nothing else: codes are made without reading links.</summary>
internal sealed class NoLinks(params string[] lookalikes) : ILinkStore
{
    public async IAsyncEnumerable<ShortCode> ReadLookalikesAsync(int length, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var alias in lookalikes)
            if (alias.Length == length) yield return ShortCode.Parse(alias);
    }

    public ValueTask<AddResult> AddAsync(Link link, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<AddResult>> AddManyAsync(IReadOnlyList<Link> links, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Link?> FindAsync(ShortCode code, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ChangeResult> ReplaceAsync(Link link, long expectedVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ChangeResult> RemoveAsync(ShortCode code, long? expectedVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<VisitResult> TakeVisitAsync(ShortCode code, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<LinkPage> ListAsync(LinkQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<ShortCode>> SweepAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();
}
