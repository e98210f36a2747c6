using Microsoft.Extensions.Options;

namespace Terse.Redirects;

/// <summary>
/// Guards the store: so many reads at once and no more, and none at all for a while after several in a row have failed.
/// When that while is over, one read tries; its success opens the gate for all.
/// </summary>
internal sealed class StoreGate(IOptions<RedirectOptions> options, TimeProvider time) : IDisposable
{
    private const int FailuresToClose = 5;

    private readonly SemaphoreSlim _places = new(options.Value.StoreConcurrency);
    private readonly Lock _lock = new();
    private int _failures;
    private long _closedUntil;

    /// <summary>A place, or false when the store is taken to be down or no place came free in time. Who gets one calls <see cref="Leave"/>.</summary>
    public ValueTask<bool> TryEnterAsync()
    {
        if (IsClosed()) return ValueTask.FromResult(false);
        if (_places.Wait(0)) return ValueTask.FromResult(true);
        return new(_places.WaitAsync(options.Value.StoreTimeout));
    }

    public void Leave(bool succeeded)
    {
        _places.Release();
        if (succeeded)
        {
            if (Volatile.Read(ref _failures) != 0) Volatile.Write(ref _failures, 0);
            return;
        }

        lock (_lock)
        {
            if (++_failures >= FailuresToClose) _closedUntil = After();
        }
    }

    private bool IsClosed()
    {
        if (Volatile.Read(ref _failures) < FailuresToClose) return false;
        lock (_lock)
        {
            if (_failures < FailuresToClose) return false;
            if (time.GetTimestamp() < _closedUntil) return true;

            // This caller is the one that tries; the others wait for what it finds.
            _closedUntil = After();
            return false;
        }
    }

    private long After() => time.GetTimestamp() + (long)(options.Value.StoreRetryAfter.TotalSeconds * time.TimestampFrequency);

    public void Dispose() => _places.Dispose();
}
