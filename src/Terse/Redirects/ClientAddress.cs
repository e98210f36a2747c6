using System.Net;

namespace Terse.Redirects;

/// <summary>What limits tell visitors apart by: an IPv4 address, or the /64 of an IPv6 address, which one household or server has to itself.</summary>
internal static class ClientAddress
{
    public const int MaxLength = 16;

    /// <summary>False for addresses that are not limited: loopback and private ones are proxies, whose clients cannot be told apart.</summary>
    public static bool TryWrite(IPAddress? address, Span<byte> octets, out int length)
    {
        length = 0;
        if (address is null || !address.TryWriteBytes(octets, out var written)) return false;
        if (address.IsIPv4MappedToIPv6)
        {
            octets[12..16].CopyTo(octets);
            written = 4;
        }

        if (written == 4 ? IsPrivateIPv4(octets) : IsPrivateIPv6(address, octets)) return false;
        length = written == 4 ? 4 : 8;
        return true;
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
