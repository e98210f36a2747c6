using System.Net;
using System.Text;
using Microsoft.Extensions.Options;

namespace Terse.Redirects.Wire;

/// <summary>Who a request comes from when a proxy that we trust says so: what the forwarded headers middleware decides, for one connection and on bytes.</summary>
internal sealed class ForwardedClients(IOptions<ForwardedHeadersOptions> options)
{
    private const int MaxEntry = 64;

    /// <summary>Whether what <paramref name="peer"/> says of its clients is believed.</summary>
    public bool Trusts(IPAddress? peer)
    {
        if (peer is null) return false;
        if (peer.IsIPv4MappedToIPv6) peer = peer.MapToIPv4();
        foreach (var network in options.Value.KnownIPNetworks)
        {
            if (network.Contains(peer)) return true;
        }
        return false;
    }

    /// <summary>The client that the last entry of <c>X-Forwarded-For</c> names, or <paramref name="peer"/> where it names none.</summary>
    public static IPAddress? Of(ReadOnlySpan<byte> forwardedFor, IPAddress? peer)
    {
        var entry = forwardedFor[(forwardedFor.LastIndexOf((byte)',') + 1)..].Trim((byte)' ');
        if (entry.Length is 0 or > MaxEntry) return peer;
        Span<char> text = stackalloc char[MaxEntry];
        return IPEndPoint.TryParse(text[..Encoding.ASCII.GetChars(entry, text)], out var client) ? client.Address : peer;
    }
}
