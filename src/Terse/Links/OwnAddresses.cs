using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Terse.Hosting;

namespace Terse.Links;

/// <summary>Under which addresses this instance answers: where short URLs start, and where no link may lead.</summary>
internal sealed class OwnAddresses(IOptions<TerseOptions> terse, IOptions<LinksOptions> links, IServer? server = null)
{
    private readonly string _publicUrl = terse.Value.PublicUrl.TrimEnd('/');
    private readonly FrozenSet<string> _hosts =
    [
        .. links.Value.OwnHosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(host => host.ToLowerInvariant()),
        .. Uri.TryCreate(terse.Value.PublicUrl, UriKind.Absolute, out var uri) ? [uri.IdnHost.ToLowerInvariant()] : Array.Empty<string>(),
    ];

    /// <summary>What a short URL starts with, without a slash at its end.</summary>
    public string Base(HttpRequest request) => _publicUrl.Length > 0 ? _publicUrl : $"{request.Scheme}://{request.Host}";

    /// <summary>Whether a URL with this host (punycode) and port comes back to us.</summary>
    public bool Contains(string host, int port, HostString requestHost)
    {
        host = host.TrimEnd('.').ToLowerInvariant();
        if (_hosts.Contains(host)) return true;
        if (host.Equals(requestHost.Host, StringComparison.OrdinalIgnoreCase) && (requestHost.Port ?? port) == port) return true;
        return IsLoopback(host) && ListensOn(port);
    }

    private static bool IsLoopback(string host) =>
        host is "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));

    private bool ListensOn(int port)
    {
        foreach (var address in server?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            if (BindingAddress.Parse(address).Port == port) return true;
        return false;
    }
}
