using Terse.Codes;
using Terse.Redirects;

namespace Terse.Benchmarks;

/// <summary>Terse's own L1, with room for so many links.</summary>
internal sealed class L1Cache(int capacity) : ITracedCache
{
    private const string Destination = "https://www.example.com/";

    private readonly LinkCacheShard _shard = new((long)capacity * Entry(0).Bytes, 1 << 20);

    public bool Ask(int link)
    {
        Span<char> code = stackalloc char[8];
        link.TryFormat(code, out _, "x8");
        var hash = string.GetHashCode(code);
        if (_shard.Find(code, hash) is { } node)
        {
            if (node.Uses < CacheNode.MaxUses) node.Uses++;
            return true;
        }

        var entry = Entry(link);
        _shard.Board(ShortCode.Parse(entry.Code), hash, 0, out var flight, out _);
        _shard.TryLand(flight, entry, hash);
        return false;
    }

    private static CachedLink Entry(int link) =>
        new() { Code = link.ToString("x8", null), Status = 302, Version = 1, FreshUntil = long.MaxValue, Location = Destination };
}
