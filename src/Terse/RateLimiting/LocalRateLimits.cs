using System.Collections.Concurrent;

namespace Terse.RateLimiting;

/// <summary>
/// Limits of this process alone: n nodes allow n times as much. Bounded: beyond <see cref="MostSubjects"/> subjects those that have nothing left
/// to remember go first, then any, which are then allowed anew.
/// </summary>
internal sealed class LocalRateLimits : IRateLimitStore
{
    public const int MostSubjects = 100_000;

    private readonly ConcurrentDictionary<(string Rule, string Subject), RateLimitState> _states = new();
    private readonly Lock _sweeping = new();

    /// <summary>How many subjects are remembered.</summary>
    public int Count => _states.Count;

    public ValueTask<RateLimitDecision> TakeAsync(RateLimitRule rule, string subject, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var milliseconds = now.ToUnixTimeMilliseconds();
        if (!_states.TryGetValue((rule.Name, subject), out var state))
        {
            state = _states.GetOrAdd((rule.Name, subject), static _ => new RateLimitState());
            if (_states.Count > MostSubjects) Sweep(milliseconds);
        }
        return new(state.Take(rule, milliseconds));
    }

    private void Sweep(long now)
    {
        if (!_sweeping.TryEnter()) return;
        try
        {
            foreach (var (key, state) in _states)
            {
                if (state.IdleFrom <= now) _states.TryRemove(key, out _);
            }

            // A tenth at a time, so that a flood of subjects does not sweep at each of them.
            foreach (var key in _states.Keys.Take(Math.Max(0, _states.Count - MostSubjects * 9 / 10))) _states.TryRemove(key, out _);
        }
        finally
        {
            _sweeping.Exit();
        }
    }
}
