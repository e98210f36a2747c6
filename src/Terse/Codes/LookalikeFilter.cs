using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Terse.Codes;

/// <summary>
/// A Bloom filter (Bloom 1970) of aliases: says "no" only of what was never added. Four probes by double hashing (Kirsch and Mitzenmacher
/// 2006). At 16 bits an entry one in 400 others passes, at the price of a store read. Adding and asking take no lock.
/// </summary>
internal sealed class LookalikeFilter
{
    private const int Probes = 4;
    private const int MinBits = 1 << 23;
    private readonly long[] _words;

    /// <param name="expected">How many entries to size it for; never smaller than 1 MiB, which is good for half a million.</param>
    public LookalikeFilter(int expected) =>
        _words = new long[Math.Max(MinBits, BitOperations.RoundUpToPowerOf2((ulong)expected * 16)) / 64];

    public void Add(ReadOnlySpan<char> code)
    {
        var (hash, step) = Hash(code);
        for (var i = 0; i < Probes; i++, hash += step) Interlocked.Or(ref _words[Word(hash)], 1L << (int)hash);
    }

    public bool MayContain(ReadOnlySpan<char> code)
    {
        var (hash, step) = Hash(code);
        for (var i = 0; i < Probes; i++, hash += step)
            if ((Volatile.Read(ref _words[Word(hash)]) & (1L << (int)hash)) == 0) return false;
        return true;
    }

    private int Word(ulong hash) => (int)((hash >> 6) & (ulong)(_words.Length - 1));

    private static (ulong Hash, ulong Step) Hash(ReadOnlySpan<char> code)
    {
        var hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(code));
        return (hash, BitOperations.RotateLeft(hash * 0x9E3779B97F4A7C15, 32) | 1);
    }
}
