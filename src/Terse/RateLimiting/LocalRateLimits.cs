using System.Collections.Concurrent;

namespace Terse.RateLimiting;

/// <summary>
/// Limits of this process alone: n nodes allow n times as much. Bounded: beyond <see cref="MostSubjects"/> subjects those go first that have the
/// least time left to be remembered; they are then allowed anew.
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
            // By what each has left, so that a flood under a brief rule cannot wash out the guesses counted under a long one. A tenth at a time, so
            // that a flood does not sweep at each of its subjects.
            var left = _states.Select(state => (state.Key, state.Value.IdleFrom)).ToArray();
            Array.Sort(left, static (a, b) => a.IdleFrom.CompareTo(b.IdleFrom));
            var most = MostSubjects * 9 / 10;
            for (var i = 0; i < left.Length && (i < left.Length - most || left[i].IdleFrom <= now); i++) _states.TryRemove(left[i].Key, out _);
        }
        finally
        {
            _sweeping.Exit();
        }
    }
}
