using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Terse.Redirects;

/// <summary>
/// Token buckets in constant memory: a table of 65,536, found by a secret hash of the key. Two keys may share a bucket (which ones is secret and changes
/// with every start), which is rare and makes the shared limit stricter, never laxer.
/// </summary>
internal sealed class BucketTable
{
    private const int Buckets = 65_536;
    private const int SeedBytes = 8;
    private const int MaxKey = 128;

    // Generic cell rate algorithm: a bucket is one number, the moment at which it will be full again.
    private readonly long[] _fullAt = new long[Buckets];
    private readonly byte[] _seed = RandomNumberGenerator.GetBytes(SeedBytes);
    private readonly TimeProvider _time;
    private readonly long _ticksPerToken;
    private readonly long _burstTicks;

    public BucketTable(TimeProvider time, int perMinute, int burst)
    {
        _time = time;
        _ticksPerToken = Math.Max(1, time.TimestampFrequency * 60 / perMinute);
        _burstTicks = _ticksPerToken * burst;
    }

    /// <summary>Zero when there is a token; else how long until there is one.</summary>
    public TimeSpan MustWait(ReadOnlySpan<byte> key, long now) => Wait(Volatile.Read(ref _fullAt[BucketOf(key)]), now);

    /// <summary>Takes a token, even one that is not there.</summary>
    public void Take(ReadOnlySpan<byte> key, long now)
    {
        ref var fullAt = ref _fullAt[BucketOf(key)];
        long before;
        do before = Volatile.Read(ref fullAt);
        while (Interlocked.CompareExchange(ref fullAt, Math.Max(before, now) + _ticksPerToken, before) != before);
    }

    /// <summary>Takes a token and returns zero; or takes none, and returns how long until there is one.</summary>
    public TimeSpan TryTake(ReadOnlySpan<byte> key, long now)
    {
        ref var fullAt = ref _fullAt[BucketOf(key)];
        while (true)
        {
            var before = Volatile.Read(ref fullAt);
            var wait = Wait(before, now);
            if (wait > TimeSpan.Zero) return wait;
            if (Interlocked.CompareExchange(ref fullAt, Math.Max(before, now) + _ticksPerToken, before) == before) return TimeSpan.Zero;
        }
    }

    private TimeSpan Wait(long fullAt, long now)
    {
        var over = fullAt - now + _ticksPerToken - _burstTicks;
        return over <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)over / _time.TimestampFrequency);
    }

    private ushort BucketOf(ReadOnlySpan<byte> key)
    {
        Span<byte> keyed = stackalloc byte[SeedBytes + MaxKey];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _seed.CopyTo(keyed);
        key.CopyTo(keyed[SeedBytes..]);
        SHA256.HashData(keyed[..(SeedBytes + key.Length)], digest);
        return BinaryPrimitives.ReadUInt16LittleEndian(digest);
    }
}
