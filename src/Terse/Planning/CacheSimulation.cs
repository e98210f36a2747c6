namespace Terse.Planning;

/// <summary>
/// The direct way to a hit rate: S3-FIFO (Yang et al., SOSP 2023) on a Zipf trace, with L1's proportions (a tenth of the room for newcomers,
/// as many remembered codes as the table has slots) but links of one size. What the model says in microseconds, this takes seconds to say.
/// </summary>
internal sealed class CacheSimulation(int links, int room)
{
    private const byte MostUses = 3;

    private readonly Queue<int> _small = new();
    private readonly Queue<int> _main = new();
    private readonly bool[] _present = new bool[links];
    private readonly byte[] _uses = new byte[links];
    private readonly int[] _evictedAt = new int[links];
    private readonly int _memory = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)room);
    private int _evictions;

    /// <summary>The share of the second half of <paramref name="requests"/> requests that hit; the first half warms the cache.</summary>
    public static double HitRate(int links, double skew, int room, int requests, int seed)
    {
        var trace = new ZipfTrace(links, skew, new Random(seed));
        var cache = new CacheSimulation(links, room);
        var (warm, hits) = (requests / 2, 0);
        for (var i = 0; i < requests; i++)
        {
            if (cache.Ask(trace.Next()) && i >= warm) hits++;
        }
        return (double)hits / (requests - warm);
    }

    /// <summary>Whether the link was there; if not, it is from now on.</summary>
    public bool Ask(int link)
    {
        if (_present[link])
        {
            if (_uses[link] < MostUses) _uses[link]++;
            return true;
        }

        var remembered = _evictedAt[link] > 0 && _evictions - _evictedAt[link] <= _memory;
        (_present[link], _uses[link]) = (true, 0);
        (remembered ? _main : _small).Enqueue(link);
        while (_small.Count + _main.Count > room) EvictOrMove();
        return false;
    }

    private void EvictOrMove()
    {
        var fromSmall = _small.Count > room / 10 || _main.Count == 0;
        var link = (fromSmall ? _small : _main).Dequeue();
        if (_uses[link] == 0)
        {
            _present[link] = false;
            if (fromSmall) _evictedAt[link] = ++_evictions;
            return;
        }

        _uses[link] = fromSmall ? (byte)0 : (byte)(_uses[link] - 1);
        _main.Enqueue(link);
    }
}
