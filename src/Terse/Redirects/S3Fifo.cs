namespace Terse.Redirects;

/// <summary>
/// Decides which links leave L1: S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023), bounded by bytes.
/// New codes wait in a small queue, a tenth of the room; those used again there move to the main queue, the rest leave and are remembered by
/// hash alone in a ghost table. A code that comes back while remembered goes to the main queue at once. A scan thus passes through the small
/// queue and displaces nothing. A hit only raises a counter, so that reads need no lock. Not thread-safe: the shard's lock guards it.
/// </summary>
internal sealed class S3Fifo(long capacity)
{
    private readonly NodeQueue _small = new();
    private readonly NodeQueue _main = new();
    private long[] _ghosts = [];
    private uint _evictions;

    public long Bytes => _small.Bytes + _main.Bytes;

    public void Add(CacheNode node) => (Remembers(node.Hash) ? _main : _small).Add(node);

    /// <summary>The next node to leave, already out of its queue, or null when all fit. Nodes that earned a longer stay are moved on the way.</summary>
    /// <param name="tableSize">How many codes the table has room for: the ghost table's size.</param>
    public CacheNode? Evict(int tableSize)
    {
        while (Bytes > capacity)
        {
            var node = _small.Bytes > capacity / 10 || _main.Oldest is null ? _small.Oldest! : _main.Oldest;
            var fromSmall = ReferenceEquals(node.Queue, _small);
            node.Queue!.Remove(node);
            if (node.Uses == 0)
            {
                if (fromSmall) Remember(node.Hash, tableSize);
                return node;
            }

            node.Uses = fromSmall ? (byte)0 : (byte)(node.Uses - 1);
            _main.Add(node);
        }
        return null;
    }

    private bool Remembers(int hash)
    {
        if (_ghosts.Length == 0) return false;
        var ghost = _ghosts[hash & (_ghosts.Length - 1)];
        return (int)(ghost >> 32) == hash && _evictions - (uint)ghost <= (uint)_ghosts.Length;
    }

    private void Remember(int hash, int tableSize)
    {
        if (_ghosts.Length < tableSize) _ghosts = new long[tableSize];
        _ghosts[hash & (_ghosts.Length - 1)] = ((long)hash << 32) | ++_evictions;
    }
}
