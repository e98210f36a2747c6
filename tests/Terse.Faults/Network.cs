using Terse.Servers;

namespace Terse.Faults;

/// <summary>The ways between processes of a fleet that can be broken, by their name, and the DynamoDB API, which can be throttled.</summary>
internal sealed class Network : IAsyncDisposable
{
    public const string Redis = "every node and Redis";
    public const string PostgreSql = "redirect nodes and PostgreSQL";
    public const string Nats = "worker and NATS";
    public const string Gateway = "gateway and redirect 3";

    private readonly Dictionary<(string Way, int Port), TcpProxy> _proxies = [];

    /// <summary>Null where links are not there.</summary>
    public ThrottledApi? DynamoDb { get; private set; }

    /// <summary>The names of the ways that there are.</summary>
    public IEnumerable<string> Ways => _proxies.Keys.Select(key => key.Way).Distinct();

    /// <inheritdoc cref="Cluster.Route"/>
    public int Route(string from, string to, int port)
    {
        lock (_proxies)
        {
            if (to == "DynamoDB") return (DynamoDb ??= new ThrottledApi(port)).Port;
            var way = (from, to) switch
            {
                (_, "Redis") => Redis,
                ("Redirect", "PostgreSQL") => PostgreSql,
                ("Clicks", "NATS") => Nats,
                ("gateway", "redirect 3") => Gateway,
                _ => null,
            };
            if (way is null) return port;
            if (!_proxies.TryGetValue((way, port), out var proxy)) _proxies.Add((way, port), proxy = new TcpProxy(port));
            return proxy.Port;
        }
    }

    public void Cut(string way) => Each(way, proxy => proxy.Cut());

    public void Silence(string way) => Each(way, proxy => proxy.Silence());

    public void Slow(string way, TimeSpan eachWay) => Each(way, proxy => proxy.Slow(eachWay));

    public Task MendAsync(string way) => Task.WhenAll(Proxies(way).Select(proxy => proxy.MendAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies.Values) proxy.Dispose();
        if (DynamoDb is not null) await DynamoDb.DisposeAsync();
    }

    private void Each(string way, Action<TcpProxy> act)
    {
        foreach (var proxy in Proxies(way)) act(proxy);
    }

    private TcpProxy[] Proxies(string way) => [.. _proxies.Where(entry => entry.Key.Way == way).Select(entry => entry.Value)];
}
