using NpgsqlTypes;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// Until when each replica is fresh enough to be read. Whoever has replayed the log up to where the primary's was at some moment has everything that was
/// committed before it: such a replica is fresh until that moment plus the bound. Clocks of other machines play no part.
/// </summary>
internal sealed class ReplicaFreshness(TimeSpan bound, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<(NpgsqlLogSequenceNumber Position, long At)> _positions = new();
    private readonly Dictionary<string, long> _freshUntil = new(StringComparer.Ordinal);
    private bool _primaryIsAway;

    private long Bound => (long)(bound.TotalSeconds * time.TimestampFrequency);

    /// <param name="position">Where the primary's log was.</param>
    /// <param name="askedAt">The timestamp before it was asked.</param>
    public void SawPrimary(NpgsqlLogSequenceNumber position, long askedAt)
    {
        lock (_lock)
        {
            _primaryIsAway = false;
            _positions.Enqueue((position, askedAt));
            while (_positions.Peek().At < askedAt - Bound) _positions.Dequeue();
        }
    }

    /// <summary>Nothing can be written meanwhile, so replicas fall no further behind: redirects go on from them, however old they are.</summary>
    public void LostPrimary()
    {
        lock (_lock) _primaryIsAway = true;
    }

    /// <param name="server">Which one.</param>
    /// <param name="replayed">Up to where it has replayed the log.</param>
    public void SawReplica(string server, NpgsqlLogSequenceNumber replayed)
    {
        lock (_lock)
        {
            foreach (var (position, at) in _positions)
            {
                if (position <= replayed) _freshUntil[server] = Math.Max(at + Bound, _freshUntil.GetValueOrDefault(server, long.MinValue));
            }
        }
    }

    public bool IsFresh(string server)
    {
        lock (_lock) return _primaryIsAway || (_freshUntil.TryGetValue(server, out var until) && time.GetTimestamp() < until);
    }
}
