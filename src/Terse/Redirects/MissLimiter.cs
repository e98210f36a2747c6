using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Terse.Redirects;

/// <summary>
/// Limits how many unknown codes one address may ask for: a token bucket for each IPv4 address or IPv6 /64, in a table of constant size.
/// Two addresses may share a bucket (which ones is secret and changes with every start); with 65,536 buckets that is rare, and costs only 429s
/// for codes that are not in L1. Links in L1 are never limited.
/// </summary>
internal sealed class MissLimiter
{
    private const int Buckets = 65_536;

    // Generic cell rate algorithm: a bucket is one number, the moment at which it will be full again.
    private readonly long[] _fullAt = new long[Buckets];
    private readonly byte[] _seed = RandomNumberGenerator.GetBytes(8);
    private readonly TimeProvider _time;
    private readonly long _ticksPerMiss;
    private readonly long _burstTicks;

    public MissLimiter(IOptions<RedirectOptions> options, TimeProvider time)
    {
        _time = time;
        if (options.Value.MissesPerMinute == 0) return;
        _ticksPerMiss = Math.Max(1, time.TimestampFrequency * 60 / options.Value.MissesPerMinute);
        _burstTicks = _ticksPerMiss * options.Value.MissBurst;
    }

    /// <summary>Zero when the address may still miss; else how long until it may.</summary>
    public TimeSpan MustWait(IPAddress? address, long now)
    {
        if (_ticksPerMiss == 0 || BucketOf(address) is not { } bucket) return TimeSpan.Zero;
        var over = Volatile.Read(ref _fullAt[bucket]) - now + _ticksPerMiss - _burstTicks;
        return over <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)over / _time.TimestampFrequency);
    }

    /// <summary>Takes a token: the address asked for an unknown code.</summary>
    public void Miss(IPAddress? address, long now)
    {
        if (_ticksPerMiss == 0 || BucketOf(address) is not { } bucket) return;
        long before;
        do before = Volatile.Read(ref _fullAt[bucket]);
        while (Interlocked.CompareExchange(ref _fullAt[bucket], Math.Max(before, now) + _ticksPerMiss, before) != before);
    }

    /// <summary>Null for addresses that are not limited.</summary>
    private int? BucketOf(IPAddress? address)
    {
        if (address is null) return null;
        Span<byte> keyed = stackalloc byte[24];
        _seed.CopyTo(keyed);
        var octets = keyed[8..];
        if (!address.TryWriteBytes(octets, out var length)) return null;
        if (address.IsIPv4MappedToIPv6)
        {
            octets = octets[12..];
            length = 4;
        }
        if (length == 4 ? IsPrivateIPv4(octets) : IsPrivateIPv6(address, octets)) return null;

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        octets = octets[..(length == 4 ? 4 : 8)];
        octets.CopyTo(keyed[8..]);
        SHA256.HashData(keyed[..(8 + octets.Length)], digest);
        return BinaryPrimitives.ReadUInt16LittleEndian(digest);
    }

    private static bool IsPrivateIPv4(ReadOnlySpan<byte> octets) => octets switch
    {
        [127 or 10, ..] => true,
        [172, >= 16 and < 32, ..] => true,
        [192, 168, ..] => true,
        [169, 254, ..] => true,
        _ => false,
    };

    private static bool IsPrivateIPv6(IPAddress address, ReadOnlySpan<byte> octets) =>
        IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || (octets[0] & 0xFE) == 0xFC;
}
