using Terse.Links;

namespace Terse.Adapters.DynamoDb;

/// <summary>
/// The one layer of retries (the driver's own are off). A call is tried again when the service certainly did nothing, or when doing it twice does no harm.
/// Waits double from 25 ms up to 1 s, of which a random part is waited ("full jitter"). A budget bounds retries to a tenth of the calls that
/// succeed, with a reserve of 500: when the service is down for all, callers are told soon instead of tripling its load.
/// </summary>
internal sealed class DynamoDbRetries(int maxAttempts, TimeProvider time, Random random)
{
    private const double Reserve = 500;
    private const double Earned = 0.1;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private double _budget = Reserve;

    /// <param name="call">One attempt.</param>
    /// <param name="repeatable">Whether the call may be done twice, as when its answer was lost.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="StoreUnavailableException">The last attempt failed.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, bool repeatable, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await call(cancellationToken);
                Earn();
                return result;
            }
            catch (Exception exception) when (DynamoDbFault.Of(exception, cancellationToken) is { } fault)
            {
                var again = fault.MayPass && (repeatable || fault.DidNothing) && attempt < maxAttempts;
                if (!again || !TrySpend()) throw new StoreUnavailableException(fault.Message, exception);
            }

            await WaitAsync(attempt, cancellationToken);
        }
    }

    /// <summary>Waits as before attempt number <paramref name="attempt"/> + 1. Also used for the parts of a batch that the service left over.</summary>
    public Task WaitAsync(int attempt, CancellationToken cancellationToken)
    {
        var longest = Math.Min(FirstWait.TotalMilliseconds * Math.Pow(2, attempt - 1), LongestWait.TotalMilliseconds);
        return Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * longest), time, cancellationToken);
    }

    /// <summary>Takes one retry out of the budget; false when it is used up.</summary>
    public bool TrySpend()
    {
        lock (_lock)
        {
            if (_budget < 1) return false;
            _budget--;
            return true;
        }
    }

    private void Earn()
    {
        if (Volatile.Read(ref _budget) >= Reserve) return;
        lock (_lock) _budget = Math.Min(Reserve, _budget + Earned);
    }
}
