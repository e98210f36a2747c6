using System.Collections.Concurrent;
using Terse.Codes;
using Terse.Links;

namespace Terse.Tests.Redirects;

/// <summary>
/// What the redirect path needs of a store (finding), with the faults that an outage test needs: it can count, fail, and hold its answers back.
/// </summary>
internal sealed class ScriptedLinkStore : ILinkStore
{
    private readonly ConcurrentDictionary<string, Link> _links = new(StringComparer.Ordinal);
    private volatile TaskCompletionSource? _held;
    private int _reads;

    public int Reads => Volatile.Read(ref _reads);

    public bool Down { get; set; }

    public void Set(Link link) => _links[link.Code.Value] = link;

    public void Remove(string code) => _links.TryRemove(code, out _);

    /// <summary>Answers are what the store had when it was asked, given only after <see cref="Release"/>.</summary>
    public void Hold() => _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    public async ValueTask<Link?> FindAsync(ShortCode code, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        var found = _links.GetValueOrDefault(code.Value);
        if (_held is { } held) await held.Task.WaitAsync(cancellationToken);
        return Down ? throw new StoreDownException() : found;
    }

    public ValueTask<VisitResult> TakeVisitAsync(ShortCode code, CancellationToken cancellationToken)
    {
        if (Down) throw new StoreDownException();
        lock (_links)
        {
            if (!_links.TryGetValue(code.Value, out var link)) return ValueTask.FromResult(VisitResult.Missing);
            if (link.IsUsedUp) return ValueTask.FromResult(VisitResult.UsedUp);
            if (link.MaxVisits is not null) _links[code.Value] = link with { Visits = link.Visits + 1 };
            return ValueTask.FromResult(VisitResult.Taken);
        }
    }

    public ValueTask<AddResult> AddAsync(Link link, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<AddResult>> AddManyAsync(IReadOnlyList<Link> links, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ChangeResult> ReplaceAsync(Link link, long expectedVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ChangeResult> RemoveAsync(ShortCode code, long? expectedVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<LinkPage> ListAsync(LinkQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<ShortCode>> SweepAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ShortCode> ReadLookalikesAsync(int length, CancellationToken cancellationToken) => AsyncEnumerable.Empty<ShortCode>();
}

internal sealed class StoreDownException() : Exception("The store is down.");
