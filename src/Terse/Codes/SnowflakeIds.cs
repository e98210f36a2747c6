namespace Terse.Codes;

/// <summary>
/// Ids without asking anyone per id (after Twitter's Snowflake, 2010): 41 bits of milliseconds since <see cref="Epoch"/>, 10 bits of machine,
/// 12 bits of sequence. The machine id is leased: no id carries a millisecond outside the lease, so neither a clock that went back nor a
/// machine id that changed hands can repeat one.
/// </summary>
internal sealed class SnowflakeIds(ICodeRangeStore store, CodesOptions options, TimeProvider time) : IAsyncDisposable
{
    public const int MachineBits = 10;
    public const int SequenceBits = 12;

    /// <summary>Millisecond 0; 41 bits last until 2095.</summary>
    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const int MaxSequence = (1 << SequenceBits) - 1;
    private readonly string _holder = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _taking = new();
    private volatile MachineLease? _lease;
    private bool _disposed;
    private Task _renewing = Task.CompletedTask;
    private long _lastMillisecond = -1;
    private int _sequence;

    /// <summary>The timestamp that <paramref name="id"/> carries.</summary>
    public static DateTimeOffset TimestampOf(long id) => Epoch.AddMilliseconds(id >> (MachineBits + SequenceBits));

    /// <exception cref="CodesUnavailableException">The clock is further back than MaxClockWait, or the lease was lost.</exception>
    public async ValueTask<long> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var wait = TryTake(out var id);
            if (wait <= 0) return id;
            if (wait > options.MaxClockWait.TotalMilliseconds)
                throw new CodesUnavailableException($"The clock stands {wait} ms before the last code. Codes are made again when it has caught up.");
            await Task.Delay(TimeSpan.FromMilliseconds(wait), time, cancellationToken);
        }
    }

    /// <summary>Takes an id, or tells how many milliseconds to wait for one.</summary>
    private long TryTake(out long id)
    {
        lock (_taking)
        {
            var lease = _lease ?? throw new CodesUnavailableException("No machine id is leased: all 1,024 are held, or the store could not be reached.");
            var now = Milliseconds(time.GetUtcNow());
            var notBefore = Milliseconds(lease.NotBefore);
            id = 0;
            if (now >= Milliseconds(lease.ExpiresAt)) throw new CodesUnavailableException("The lease on the machine id has run out and could not be renewed.");
            if (now > _lastMillisecond)
            {
                if (now < notBefore) return notBefore - now;
                (_lastMillisecond, _sequence) = (now, 0);
            }
            else if (_sequence < MaxSequence)
            {
                _sequence++;
            }
            else
            {
                return _lastMillisecond + 1 - now;
            }

            // A clock that went back goes on within the last millisecond while its sequence lasts, and waits when it is used up.
            id = (((_lastMillisecond << MachineBits) | (uint)lease.MachineId) << SequenceBits) | (uint)_sequence;
            return 0;
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await LeaseAsync(cancellationToken);
        _renewing = RenewAsync(_stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Interlocked.Exchange(ref _lease, null) is not { } lease) return;
        long last;
        lock (_taking) last = _lastMillisecond;
        await store.ReleaseMachineAsync(lease, Epoch.AddMilliseconds(last), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes what is registered under two services twice.
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _stopping.CancelAsync();
        _stopping.Dispose();
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.MachineLease / 3, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                var renewed = _lease is { } lease ? await store.RenewMachineAsync(lease, time.GetUtcNow(), options.MachineLease, cancellationToken) : null;
                if (renewed is null) await LeaseAsync(cancellationToken);
                else _lease = renewed;
            }
            catch (Links.StoreUnavailableException)
            {
                // The lease that is held goes on until its end; the next tick tries again.
            }
        }
    }

    private async Task LeaseAsync(CancellationToken cancellationToken)
    {
        var lease = await store.LeaseMachineAsync(_holder, time.GetUtcNow(), options.MachineLease, cancellationToken);
        lock (_taking)
        {
            // Another machine id starts its own sequence: what the old one used says nothing about it.
            if (lease?.MachineId != _lease?.MachineId) (_lastMillisecond, _sequence) = (-1, 0);
            _lease = lease;
        }
    }

    private static long Milliseconds(DateTimeOffset instant) => (long)(instant - Epoch).TotalMilliseconds;
}
