using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using Terse.Codes;

namespace Terse.Redirects;

/// <summary>
/// Limits how many passwords are tried, before each is checked: on a link by all, and on a link by one address. Constant memory whatever is sent.
/// </summary>
internal sealed class AttemptLimiter(IOptions<RedirectOptions> options, TimeProvider time)
{
    private readonly BucketTable _links = new(time, options.Value.PasswordsPerMinute, options.Value.PasswordsPerMinute);
    private readonly BucketTable _visitors = new(time, options.Value.PasswordsPerMinutePerAddress, options.Value.PasswordsPerMinutePerAddress);

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
