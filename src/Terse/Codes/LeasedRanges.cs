namespace Terse.Codes;

/// <summary>Hands out the ids of ranges leased from the store, one interlocked step each; the next range is leased before the last id is gone.</summary>
internal sealed class LeasedRanges(ICodeRangeStore store, int size, IssuedCodes issued) : IDisposable
{
    private readonly SemaphoreSlim _leasing = new(1, 1);
    private volatile Block? _current;
    private volatile Task<CodeRange>? _ahead;

    public ValueTask<long> NextAsync(CancellationToken cancellationToken)
    {
        if (_current is { } block && block.TryTake(out var id))
        {
            if (block.IsHalfUsed(id) && _ahead is null) LeaseAhead();
            return ValueTask.FromResult(id);
        }

        return LeaseAndTakeAsync(cancellationToken);
    }

    private async ValueTask<long> LeaseAndTakeAsync(CancellationToken cancellationToken)
    {
        await _leasing.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                if (_current is { } block && block.TryTake(out var id)) return id;

                // A lease that was asked for ahead is used even if this caller goes away; a failed one is asked for again.
                var ahead = _ahead ?? LeaseAsync();
                _ahead = null;
                _current = new Block(await ahead);
            }
        }
        finally
        {
            _leasing.Release();
        }
    }

    private void LeaseAhead()
    {
        if (!_leasing.Wait(0)) return;
        try
        {
            _ahead ??= LeaseAsync();
        }
        finally
        {
            _leasing.Release();
        }
    }

    private async Task<CodeRange> LeaseAsync()
    {
        var range = await store.LeaseRangeAsync(size, CancellationToken.None);
        issued.Raise(range.End);
        return range;
    }

    public void Dispose() => _leasing.Dispose();

    private sealed class Block(CodeRange range)
    {
        private readonly long _half = range.Start + (range.Length / 2);
        private long _next = range.Start - 1;

        public bool TryTake(out long id) => (id = Interlocked.Increment(ref _next)) < range.End;

        public bool IsHalfUsed(long id) => id >= _half;
    }
}
