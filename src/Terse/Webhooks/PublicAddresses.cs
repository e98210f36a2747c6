using System.Net;
using System.Net.Sockets;

namespace Terse.Webhooks;

/// <summary>Which addresses are of the public internet: what IANA's special-purpose registries name is not.</summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    // They carry an IPv4 address that a gateway would connect to: NAT64, 6to4 and IPv4-compatible.
    private static readonly (IPNetwork Network, int At)[] Carriers =
        [(IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("64:ff9b:1::/48"), 12), (IPNetwork.Parse("2002::/16"), 2), (IPNetwork.Parse("::/96"), 12)];

    public static bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (Array.Exists(Special, network => network.Contains(address))) return false;
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return true;
        foreach (var (network, at) in Carriers)
            if (network.Contains(address)) return Contains(new IPAddress(address.GetAddressBytes().AsSpan(at, 4)));
        return true;
    }
}
