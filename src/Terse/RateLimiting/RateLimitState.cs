namespace Terse.RateLimiting;

/// <summary>
/// What one subject has used of one rule, in this process. All arithmetic is of whole numbers: a request weighs as many units as the window has
/// milliseconds, and each millisecond gives back as many as the limit, so that nothing is lost to rounding. Guarded by its own lock.
/// </summary>
internal sealed class RateLimitState
{
    private readonly Lock _lock = new();
    private long _at = long.MinValue;

    // Units in the buckets, requests in the window, the instant of the last request in the log.
    private long _used;
    private Queue<long>? _log;

    /// <summary>From then on (unix milliseconds) the state is as if there were none: never, before the first request.</summary>
    public long IdleFrom { get; private set; } = long.MaxValue;

    public RateLimitDecision Take(RateLimitRule rule, long now)
    {
        lock (_lock)
        {
            now = Math.Max(now, _at);
            var decision = rule.Algorithm switch
            {
                RateLimitAlgorithm.TokenBucket => TakeFromBucket(rule, now, waits: false),
                RateLimitAlgorithm.LeakyBucket => TakeFromBucket(rule, now, waits: true),
                RateLimitAlgorithm.SlidingLog => TakeFromLog(rule, now),
                _ => TakeFromWindow(rule, now),
            };
            _at = now;
            IdleFrom = now + (long)decision.ResetAfter.TotalMilliseconds;
            return decision;
        }
    }

    // Both buckets hold what has not yet been given back; they differ in whether a request that finds something in it has to wait for its turn.
    private RateLimitDecision TakeFromBucket(RateLimitRule rule, long now, bool waits)
    {
        var (weight, capacity) = (rule.WindowMilliseconds, rule.Burst * rule.WindowMilliseconds);
        if (_at != long.MinValue) _used = Math.Max(0, _used - Math.Min(now - _at, capacity / rule.Limit + 1) * rule.Limit);
        var over = _used + weight - capacity;
        if (over > 0) return Decision(false, 0, CeilingDivide(over, rule.Limit), CeilingDivide(_used, rule.Limit), 0);
        var delay = waits ? CeilingDivide(_used, rule.Limit) : 0;
        _used += weight;
        return Decision(true, (capacity - _used) / weight, 0, CeilingDivide(_used, rule.Limit), delay);
    }

    private RateLimitDecision TakeFromLog(RateLimitRule rule, long now)
    {
        var log = _log ??= new Queue<long>();
        while (log.TryPeek(out var oldest) && oldest <= now - rule.WindowMilliseconds) log.Dequeue();
        if (log.Count >= rule.Limit) return Decision(false, 0, log.Peek() + rule.WindowMilliseconds - now, _used + rule.WindowMilliseconds - now, 0);
        log.Enqueue(now);
        _used = now;
        return Decision(true, rule.Limit - log.Count, 0, rule.WindowMilliseconds, 0);
    }

    private RateLimitDecision TakeFromWindow(RateLimitRule rule, long now)
    {
        if (_at == long.MinValue || _at / rule.WindowMilliseconds != now / rule.WindowMilliseconds) _used = 0;
        var left = rule.WindowMilliseconds - now % rule.WindowMilliseconds;
        if (_used >= rule.Limit) return Decision(false, 0, left, left, 0);
        _used++;
        return Decision(true, rule.Limit - _used, 0, left, 0);
    }

    private static RateLimitDecision Decision(bool isAllowed, long remaining, long retryAfter, long resetAfter, long delay) => new(
        isAllowed, remaining, TimeSpan.FromMilliseconds(retryAfter), TimeSpan.FromMilliseconds(resetAfter), TimeSpan.FromMilliseconds(delay));

    private static long CeilingDivide(long dividend, long divisor) => (dividend + divisor - 1) / divisor;
}
