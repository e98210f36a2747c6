using System.Net;
using Microsoft.Extensions.Options;

namespace Terse.Redirects;

/// <summary>
/// Limits how many unknown codes one address may ask for: a token bucket for each IPv4 address or IPv6 /64, in a table of constant size.
/// A shared bucket costs only 429s for codes that are not in L1. Links in L1 are never limited.
/// </summary>
internal sealed class MissLimiter(IOptions<RedirectOptions> options, TimeProvider time)
{
    private readonly BucketTable? _misses =
        options.Value.MissesPerMinute == 0 ? null : new(time, options.Value.MissesPerMinute, options.Value.MissBurst);

    /// <summary>Zero when the address may still miss; else how long until it may.</summary>
    public TimeSpan MustWait(IPAddress? address, long now)
    {
        Span<byte> key = stackalloc byte[ClientAddress.MaxLength];
        return _misses is not null && ClientAddress.TryWrite(address, key, out var length) ? _misses.MustWait(key[..length], now) : TimeSpan.Zero;
    }

    /// <summary>Takes a token: the address asked for an unknown code.</summary>
    public void Miss(IPAddress? address, long now)
    {
        Span<byte> key = stackalloc byte[ClientAddress.MaxLength];
        if (_misses is not null && ClientAddress.TryWrite(address, key, out var length)) _misses.Take(key[..length], now);
    }
}
