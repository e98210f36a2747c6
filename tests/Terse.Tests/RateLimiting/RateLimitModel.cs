using Terse.RateLimiting;

namespace Terse.Tests.RateLimiting;

/// <summary>
/// What each algorithm promises, checked against the list of all that was allowed: a request is allowed exactly when the promise still holds with it.
/// Nothing here resembles an implementation; it only knows history. Times are milliseconds, kept multiplied by the limit where they may be fractions.
/// </summary>
internal sealed class RateLimitModel(RateLimitRule rule)
{
    private readonly List<long> _allowed = [];
    private readonly List<long> _starts = [];
    private readonly long _window = rule.WindowMilliseconds;

    public bool Allows(long at) => rule.Algorithm switch
    {
        // From each earlier request to now: no more than the burst and what has flowed in since.
        RateLimitAlgorithm.TokenBucket => _allowed.Select((since, i) => (Since: since, Count: _allowed.Count - i + 1))
            .All(span => (span.Count - rule.Burst) * _window <= rule.Limit * (at - span.Since)),

        // Its turn comes when the one before has had its share of time; the queue is no longer than the burst.
        RateLimitAlgorithm.LeakyBucket => Start(at) - at * rule.Limit <= (rule.Burst - 1) * _window,

        RateLimitAlgorithm.SlidingLog => _allowed.Count(allowed => allowed > at - _window) < rule.Limit,
        _ => _allowed.Count(allowed => allowed / _window == at / _window) < rule.Limit,
    };

    /// <summary>How long the request that comes now would wait, rounded up.</summary>
    public long Delay(long at) => rule.Algorithm == RateLimitAlgorithm.LeakyBucket ? (Start(at) - at * rule.Limit + rule.Limit - 1) / rule.Limit : 0;

    public void Allow(long at)
    {
        _starts.Add(Start(at));
        _allowed.Add(at);
    }

    private long Start(long at) => Math.Max(at * rule.Limit, _starts.Count == 0 ? 0 : _starts[^1] + _window);
}
