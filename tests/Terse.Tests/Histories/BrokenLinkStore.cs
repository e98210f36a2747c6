using System.Collections.Concurrent;
using Terse.Codes;
using Terse.Links;

namespace Terse.Tests.Histories;

internal enum Defect
{
    None,

    /// <summary>Adding looks first and writes then.</summary>
    LooksBeforeItAdds,

    /// <summary>Replacing compares the version with one that it read before, and overwrites whatever is there now.</summary>
    LosesUpdates,

    /// <summary>Reads come from a copy that follows later.</summary>
    ReadsOldCopies,

    /// <summary>A change that is refused is seen for a moment.</summary>
    ShowsWhatNeverWas,

    /// <summary>A removal is answered before it is done, and now and then forgotten.</summary>
    ForgetsRemovals,
}

/// <summary>Links in memory, right or wrong on purpose: what the checker of histories must tell apart.</summary>
internal sealed class BrokenLinkStore(Defect defect) : ILinkStore
{
    private readonly ConcurrentDictionary<ShortCode, Link> _links = new();
    private readonly ConcurrentDictionary<ShortCode, Link?> _copies = new();
    private int _calls;

    public async ValueTask<AddResult> AddAsync(Link link, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (defect == Defect.LooksBeforeItAdds)
        {
            if (_links.ContainsKey(link.Code)) return AddResult.Taken;
            await Task.Yield();
            _links[link.Code] = link;
            return AddResult.Added;
        }

        return _links.TryAdd(link.Code, link) ? AddResult.Added : AddResult.Taken;
    }

    public async ValueTask<Link?> FindAsync(ShortCode code, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var now = _links.GetValueOrDefault(code);
        if (defect != Defect.ReadsOldCopies) return now;

        // The copy follows at every third read.
        if (Interlocked.Increment(ref _calls) % 3 == 0) _copies[code] = now;
        return _copies.GetValueOrDefault(code);
    }

    public async ValueTask<ChangeResult> ReplaceAsync(Link link, long expectedVersion, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Yield();
            if (!_links.TryGetValue(link.Code, out var current)) return ChangeResult.Missing;
            if (current.Version != expectedVersion)
            {
                if (defect == Defect.ShowsWhatNeverWas) await ShowAsync(link, current);
                return ChangeResult.Stale;
            }

            if (defect == Defect.LosesUpdates)
            {
                await Task.Yield();
                _links[link.Code] = link;
                return ChangeResult.Done;
            }

            if (_links.TryUpdate(link.Code, link, current)) return ChangeResult.Done;
        }
    }

    public async ValueTask<ChangeResult> RemoveAsync(ShortCode code, long? expectedVersion, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Yield();
            if (!_links.TryGetValue(code, out var current)) return ChangeResult.Missing;
            if (expectedVersion is not null && current.Version != expectedVersion) return ChangeResult.Stale;
            if (defect == Defect.ForgetsRemovals && Interlocked.Increment(ref _calls) % 2 == 0) return ChangeResult.Done;
            if (_links.TryRemove(new(code, current))) return ChangeResult.Done;
        }
    }

    private async Task ShowAsync(Link link, Link current)
    {
        if (!_links.TryUpdate(link.Code, link, current)) return;
        await Task.Yield();
        _links.TryUpdate(link.Code, current, link);
    }

    public ValueTask<IReadOnlyList<AddResult>> AddManyAsync(IReadOnlyList<Link> links, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<VisitResult> TakeVisitAsync(ShortCode code, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<LinkPage> ListAsync(LinkQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<ShortCode>> SweepAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ShortCode> ReadLookalikesAsync(int length, CancellationToken cancellationToken) => throw new NotSupportedException();
}
