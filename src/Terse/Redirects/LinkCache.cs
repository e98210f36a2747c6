using System.Numerics;
using Microsoft.Extensions.Options;
using Terse.Codes;
using Terse.Links;

namespace Terse.Redirects;

/// <summary>
/// L1: links by code in this process's memory, bounded by bytes, found by a span without a lock. Sharded so that misses on different codes
/// seldom meet; a small cache has one shard.
/// </summary>
internal sealed class LinkCache : ILinkChangeListener
{
    private const int MaxShards = 64;
    private const long LeastShardBytes = 4L << 20;

    private readonly LinkCacheShard[] _shards;
    private readonly int _shardShift;
    private readonly LinkEncoder _encoder;

    public LinkCache(IOptions<RedirectOptions> options, LinkEncoder encoder)
    {
        var linkBytes = Math.Min((long)options.Value.L1Megabytes << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
        var negativeBytes = (long)options.Value.NegativeMegabytes << 20;
        var shards = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(linkBytes / LeastShardBytes, 1, MaxShards));
        _shardShift = 32 - BitOperations.Log2((uint)shards);
        _shards = new LinkCacheShard[shards];
        for (var i = 0; i < shards; i++) _shards[i] = new LinkCacheShard(linkBytes / shards, negativeBytes / shards);
        _encoder = encoder;
    }

    /// <summary>Bytes of all entries, negative ones included.</summary>
    public long Bytes
    {
        get
        {
            var bytes = 0L;
            foreach (var shard in _shards) bytes += shard.Bytes;
            return bytes;
        }
    }

    /// <summary>How many entries there are, negative ones included.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var shard in _shards) count += shard.Count;
            return count;
        }
    }

    /// <summary>The entry under <paramref name="code"/> if it is fresh at <paramref name="now"/>: a link, or a negative entry.</summary>
    public CachedLink? TryGetFresh(ReadOnlySpan<char> code, long now)
    {
        var hash = Hash(code);
        if (ShardOf(hash).Find(code, hash) is not { } node || now >= node.Link.FreshUntil) return null;
        if (node.Uses < CacheNode.MaxUses) node.Uses++;
        return node.Link;
    }

    public CachedLink? Board(ShortCode code, long now, out Flight flight, out bool isPilot)
    {
        var hash = Hash(code.Value);
        return ShardOf(hash).Board(code, hash, now, out flight, out isPilot);
    }

    public bool TryLand(Flight flight, CachedLink read)
    {
        var hash = Hash(flight.Code.Value);
        return ShardOf(hash).TryLand(flight, read, hash);
    }

    public CachedLink? Abandon(Flight flight) => ShardOf(Hash(flight.Code.Value)).Abandon(flight);

    /// <summary>
    /// From now on nothing older than <paramref name="version"/> is answered for the code, nor put by a slower reader, for as long as
    /// the tombstone stays (it is bounded as negative entries are).
    /// </summary>
    public void Invalidate(ShortCode code, long version) => OnChanged(new LinkChange(code, version, LinkChangeKind.Changed, null));

    public void OnChanged(LinkChange change)
    {
        var hash = Hash(change.Code.Value);
        var fresh = change is { Kind: LinkChangeKind.Changed, Link: { } link } ? _encoder.Encode(link) : null;
        ShardOf(hash).Change(change.Code.Value, hash, change.Version, change.Kind, fresh);
    }

    /// <summary>
    /// Messages about changes may have been lost: every link becomes due within <paramref name="within"/>, at a moment of its own, so that
    /// what lies behind is not asked for all at once. It stays as what is served while everything else is down.
    /// </summary>
    public void Suspect(TimeSpan within)
    {
        foreach (var shard in _shards) shard.Shorten(_encoder.DueWithin(within));
    }

    // Marvin with a random seed: nobody can choose codes that fall on one chain.
    private static int Hash(ReadOnlySpan<char> code) => string.GetHashCode(code);

    private LinkCacheShard ShardOf(int hash) => _shardShift == 32 ? _shards[0] : _shards[(uint)hash >> _shardShift];
}
