using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Terse.Gateway;

/// <summary>
/// Consistent hashing (Karger et al., 1997): each server stands at <see cref="VirtualNodes"/> points of a ring, and a key belongs to the first
/// server at or after its own point. Adding or removing one of N servers moves about 1/N of the keys, and only from or to that server.
/// Immutable; the same names make the same ring on every gateway, in whatever order they are listed.
/// </summary>
internal sealed class HashRing
{
    public const int VirtualNodes = 150;

    private readonly ulong[] _points;
    private readonly int[] _servers;

    public HashRing(IReadOnlyList<string> names, int virtualNodes = VirtualNodes)
    {
        _points = new ulong[names.Count * virtualNodes];
        _servers = new int[_points.Length];

        // By name, so that two points that meet fall the same way everywhere.
        var at = 0;
        foreach (var server in Enumerable.Range(0, names.Count).OrderBy(server => names[server], StringComparer.Ordinal))
        {
            for (var replica = 0; replica < virtualNodes; replica++, at++)
                (_points[at], _servers[at]) = (HashOf($"{names[server]}#{replica}"), server);
        }

        Array.Sort(_points, _servers);
    }

    public int Length => _points.Length;

    public static ulong HashOf(ReadOnlySpan<char> text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text));

    /// <summary>The place on the ring where the walk for <paramref name="key"/> begins.</summary>
    public int PlaceOf(ReadOnlySpan<char> key)
    {
        var place = Array.BinarySearch(_points, HashOf(key));
        if (place < 0) place = ~place;
        return place == _points.Length ? 0 : place;
    }

    /// <summary>The server, as its index in the list of names, at a place; places beyond the end go round.</summary>
    public int ServerAt(int place) => _servers[place % _servers.Length];
}
