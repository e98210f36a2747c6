using Terse.Codes;
using Terse.Links;

namespace Terse.Redirects;

/// <summary>
/// One part of L1: a hash table that is read without a lock, the eviction of its nodes, and the flights of its codes.
/// Invariants: an entry is never replaced by one of a lower version; a read that began before a change was heard never ends up in the table
/// unless it saw that change; links are bounded by one budget, negative entries and tombstones by another.
/// A reader may miss a node while the table grows: a miss is always looked at again under the lock (<see cref="Board"/>).
/// </summary>
internal sealed class LinkCacheShard(long linkBytes, long negativeBytes)
{
    private readonly Lock _lock = new();
    private readonly S3Fifo _links = new(linkBytes);
    private readonly NodeQueue _negatives = new();
    private readonly Dictionary<string, Flight> _flights = new(StringComparer.Ordinal);
    private volatile CacheNode?[] _buckets = new CacheNode?[16];
    private int _count;

    public long Bytes => _links.Bytes + _negatives.Bytes;

    public int Count => _count;

    /// <summary>The node of the code, fresh or not, or null. Takes no lock.</summary>
    public CacheNode? Find(ReadOnlySpan<char> code, int hash)
    {
        var buckets = _buckets;
        var node = buckets[hash & (buckets.Length - 1)];
        while (node is not null && (node.Hash != hash || !code.SequenceEqual(node.Code))) node = node.Chain;
        return node;
    }

    /// <summary>Gives the entry if it is fresh after all, or else the flight to await; <paramref name="isPilot"/> says that the caller must fly it.</summary>
    public CachedLink? Board(ShortCode code, int hash, long now, out Flight flight, out bool isPilot)
    {
        lock (_lock)
        {
            var expired = Find(code.Value, hash)?.Link;
            (flight, isPilot) = (null!, false);
            if (expired is not null && now < expired.FreshUntil) return expired;
            if (_flights.TryGetValue(code.Value, out flight!)) return null;

            flight = new Flight(code) { Expired = expired is { IsLink: true } ? expired : null, LeastVersion = expired?.Version ?? 0 };
            _flights.Add(code.Value, flight);
            isPilot = true;
            return null;
        }
    }

    /// <summary>
    /// Ends the flight and keeps what it read, unless a change overtook it: then nothing happens, the flight goes on, and the pilot must read again.
    /// </summary>
    public bool TryLand(Flight flight, CachedLink read, int hash)
    {
        lock (_lock)
        {
            var outdated = read.IsLink ? read.Version < flight.LeastVersion : flight.Overtaken;
            flight.Overtaken = false;
            if (outdated) return false;

            _flights.Remove(flight.Code.Value);
            Put(read, hash);
            return true;
        }
    }

    /// <summary>Ends the flight without keeping anything. What the flight may fall back on is null when a change has made it known to be old.</summary>
    public CachedLink? Abandon(Flight flight)
    {
        lock (_lock)
        {
            if (_flights.TryGetValue(flight.Code.Value, out var current) && ReferenceEquals(current, flight)) _flights.Remove(flight.Code.Value);
            return flight.Expired is { } expired && expired.Version >= flight.LeastVersion ? expired : null;
        }
    }

    /// <summary>Hears of a change: <paramref name="fresh"/> is the link as it now is, when that is known.</summary>
    public void Change(string code, int hash, long version, LinkChangeKind kind, CachedLink? fresh)
    {
        lock (_lock)
        {
            if (_flights.TryGetValue(code, out var flight))
            {
                flight.LeastVersion = Math.Max(flight.LeastVersion, version);
                flight.Overtaken = true;
            }

            var node = Find(code, hash);
            if (node is not null && node.Link.Version >= version) return;
            if (fresh is not null && node is { Link.IsLink: true }) Put(fresh, hash);
            else if (kind != LinkChangeKind.Created || node is not null) Put(CachedLink.Tombstone(code, version), hash);
        }
    }

    /// <summary>Has every link end its freshness at the moment that <paramref name="due"/> gives for it, unless it ends sooner.</summary>
    public void Shorten(Func<long> due)
    {
        lock (_lock)
        {
            foreach (var first in _buckets)
            {
                for (var node = first; node is not null; node = node.Chain)
                {
                    if (node.Link.IsLink && due() is var dueAt && dueAt < node.Link.FreshUntil) node.Link = node.Link.DueAt(dueAt);
                }
            }
        }
    }

    private void Put(CachedLink link, int hash)
    {
        var node = Find(link.Code, hash);
        if (node is null)
        {
            node = new CacheNode(link, hash);
            AddToTable(node);
            Enqueue(node);
        }
        else
        {
            if (!link.IsLink && node.Link.Version > link.Version) link = link.WithVersion(node.Link.Version);
            var staysLink = node.Link.IsLink && link.IsLink;
            node.Link = link;
            if (staysLink)
            {
                node.Queue!.Resize(node, link.Bytes);
            }
            else
            {
                node.Queue!.Remove(node);
                node.Bytes = link.Bytes;
                Enqueue(node);
            }
        }

        while (_links.Evict(_buckets.Length) is { } evicted) RemoveFromTable(evicted);
        while (_negatives.Bytes > negativeBytes && _negatives.Oldest is { } oldest)
        {
            _negatives.Remove(oldest);
            RemoveFromTable(oldest);
        }
    }

    private void Enqueue(CacheNode node)
    {
        if (node.Link.IsLink) _links.Add(node);
        else _negatives.Add(node);
    }

    private void AddToTable(CacheNode node)
    {
        if (_count == _buckets.Length) Grow();
        ref var bucket = ref _buckets[node.Hash & (_buckets.Length - 1)];
        node.Chain = bucket;
        Volatile.Write(ref bucket, node);
        _count++;
    }

    private void RemoveFromTable(CacheNode node)
    {
        // The node's own Chain stays, so that a reader that stands on it still finds the rest.
        ref var bucket = ref _buckets[node.Hash & (_buckets.Length - 1)];
        if (ReferenceEquals(bucket, node))
        {
            Volatile.Write(ref bucket, node.Chain);
        }
        else
        {
            var before = bucket!;
            while (!ReferenceEquals(before.Chain, node)) before = before.Chain!;
            before.Chain = node.Chain;
        }
        _count--;
    }

    private void Grow()
    {
        var grown = new CacheNode?[_buckets.Length * 2];
        foreach (var first in _buckets)
        {
            for (var node = first; node is not null;)
            {
                var next = node.Chain;
                ref var bucket = ref grown[node.Hash & (grown.Length - 1)];
                node.Chain = bucket;
                bucket = node;
                node = next;
            }
        }
        _buckets = grown;
    }
}
