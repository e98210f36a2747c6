namespace Terse.Redirects;

/// <summary>
/// Guards what lies behind L1 (the store, or L2): so many calls at once and no more, and none at all for a while after several in a row have
/// failed (a circuit breaker). When that while is over, one call tries; its success opens the gate for all.
/// </summary>
/// <param name="places">How many calls may be under way at once.</param>
/// <param name="patience">How long a call waits for a place; zero to be turned away at once.</param>
/// <param name="retryAfter">How long the gate stays shut.</param>
internal sealed class Gate(int places, TimeSpan patience, TimeSpan retryAfter, TimeProvider time) : IDisposable
{
    private const int FailuresToShut = 5;

    private readonly SemaphoreSlim _places = new(places);
    private readonly Lock _lock = new();
    private int _failures;
    private long _shutUntil;

    /// <summary>Whether what lies behind is taken to be down.</summary>
    public bool IsShut => Volatile.Read(ref _failures) >= FailuresToShut;

    /// <summary>A place, or false when the gate is shut or no place came free in time. Who gets one calls <see cref="Leave"/>.</summary>
    public ValueTask<bool> TryEnterAsync()
    {
        if (MustStayOut()) return ValueTask.FromResult(false);
        if (_places.Wait(0)) return ValueTask.FromResult(true);
        return patience == TimeSpan.Zero ? ValueTask.FromResult(false) : new(_places.WaitAsync(patience));
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
            if (++_failures >= FailuresToShut) _shutUntil = After();
        }
    }

    private bool MustStayOut()
    {
        if (!IsShut) return false;
        lock (_lock)
        {
            if (!IsShut) return false;
            if (time.GetTimestamp() < _shutUntil) return true;

            // This caller is the one that tries; the others wait for what it finds.
            _shutUntil = After();
            return false;
        }
    }

    private long After() => time.GetTimestamp() + (long)(retryAfter.TotalSeconds * time.TimestampFrequency);

    public void Dispose() => _places.Dispose();
}
