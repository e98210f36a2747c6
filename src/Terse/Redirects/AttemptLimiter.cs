using System.Net;
using System.Text;
using Terse.Codes;

namespace Terse.Redirects;

/// <summary>
/// Limits what visitors may try on a link in a minute, and at once: all of them together, and each address. Constant memory whatever is sent.
/// </summary>
internal sealed class AttemptLimiter(TimeProvider time, int perLink, int perAddress)
{
    private readonly BucketTable _links = new(time, perLink, perLink);
    private readonly BucketTable _visitors = new(time, perAddress, perAddress);

    /// <summary>Zero when the attempt may be made, which it then counts as; else how long until it may.</summary>
    public TimeSpan TryTake(string code, IPAddress? address)
    {
        var now = time.GetTimestamp();
        Span<byte> key = stackalloc byte[ShortCode.MaxLength + ClientAddress.MaxLength];
        var length = Encoding.ASCII.GetBytes(code, key);

        // The visitor first: what one address is refused does not use up what is left for the others.
        if (ClientAddress.TryWrite(address, key[length..], out var written) && _visitors.TryTake(key[..(length + written)], now) is { Ticks: > 0 } wait) return wait;
        return _links.TryTake(key[..length], now);
    }
}
