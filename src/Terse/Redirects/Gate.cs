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
        return patience == TimeSpan.Zero ? ValueTask.FromResult(false) : WaitAsync();
    }

    public void Leave(bool succeeded)
    {
        if (!succeeded)
        {
            lock (_lock)
            {
                if (++_failures >= FailuresToShut) _shutUntil = After();
            }
        }
        else if (Volatile.Read(ref _failures) != 0)
        {
            Volatile.Write(ref _failures, 0);
        }

        // Last, so that who waits for this place knows what became of the call.
        _places.Release();
    }

    private async ValueTask<bool> WaitAsync()
    {
        if (!await _places.WaitAsync(patience)) return false;
        if (!MustStayOut()) return true;

        // Shut while this call waited: it would wait as long again for what those before it have found out.
        _places.Release();
        return false;
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
