using Terse.Codes;
using Terse.Links;

namespace Terse.Benchmarks;

/// <summary>A store that can only find, and answers from memory: the redirect slice needs no more.</summary>
internal sealed class MemoryLinks : ILinkStore
{
    private readonly Dictionary<string, int> _numbers;
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    public MemoryLinks(int count)
    {
        _numbers = new(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++) _numbers.Add(BenchLinks.Code(i), i);
    }

    public ValueTask<Link?> FindAsync(ShortCode code, CancellationToken cancellationToken) =>
        new(_numbers.TryGetValue(code.Value, out var number) ? BenchLinks.Link(number, _now) : null);

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
