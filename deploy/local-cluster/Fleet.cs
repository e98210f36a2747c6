using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Terse.Servers;

namespace Terse.Cluster;

/// <summary>Three redirect nodes, two API nodes, a worker, the dashboard and the gateway, on their engines.</summary>
/// <param name="adminKey">The first admin key; null: one made by chance.</param>
/// <param name="route">What stands between its processes; null: nothing.</param>
internal sealed class Fleet(string? adminKey = null, Route? route = null) : IAsyncDisposable
{
    private const string LettersAndDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private readonly Route _route = route ?? ((_, _, port) => port);
    private readonly Engines _engines = new(route ?? ((_, _, port) => port));
    private readonly Dictionary<string, string> _settings = [];
    private readonly List<Node> _nodes = [];
    private readonly string _adminKey = adminKey ?? $"terse_{RandomNumberGenerator.GetString(LettersAndDigits, 10)}_{RandomNumberGenerator.GetString(LettersAndDigits, 32)}";
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _startUp;

    public string Gateway { get; private set; } = "";

    public string MetricsToken { get; } = RandomNumberGenerator.GetString(LettersAndDigits, 24);

    public Engines Engines => _engines;

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <exception cref="OperationCanceledException">Told to stop; disposing ends what was started.</exception>
    public async Task StartAsync(string links, int port, CancellationToken cancellationToken = default)
    {
        Console.WriteLine("Starting Redis, NATS and the stores ...");
        await _engines.StartAsync(links);
        cancellationToken.ThrowIfCancellationRequested();
        Gateway = Address(port);
        foreach (var (name, value) in new[]
        {
            ("PublicUrl", Gateway), ("BootstrapKey", _adminKey), ("TrustedProxies", "127.0.0.0/8"), ("DrainDelay", "00:00:00"), ("ShutdownTimeout", "00:00:10"), ("Metrics__Token", MetricsToken),
        })
            _settings[$"Terse__{name}"] = value;

        // The first one makes the tables and the admin key; the others may then come at once.
        Console.WriteLine("Starting the nodes ...");
        await AddAsync("api 1", "Api", cancellationToken);
        await Task.WhenAll(AddAsync("api 2", "Api", cancellationToken), AddAsync("redirect 1", "Redirect", cancellationToken), AddAsync("redirect 2", "Redirect", cancellationToken), AddAsync("redirect 3", "Redirect", cancellationToken), AddAsync("clicks", "Clicks", cancellationToken), AddAsync("admin", "Admin", cancellationToken));
        Keep(await Node.StartAsync("gateway", "gateway", Gateway, new Dictionary<string, string>
        {
            ["Terse__Gateway__RedirectNodes"] = Urls("redirect"),
            ["Terse__Gateway__ApiNodes"] = Urls("api"),
            ["Terse__Gateway__AdminNodes"] = Urls("admin"),
            ["Terse__Metrics__Token"] = MetricsToken,
        }, cancellationToken));
        _startUp = _clock.Elapsed;
    }

    public string Describe()
    {
        var text = new StringBuilder($"\nTerse's fleet is ready after {_startUp.TotalSeconds:0} s.\n\n");
        foreach (var node in _nodes.OrderBy(node => node.Name == "gateway" ? "" : node.Name, StringComparer.Ordinal)) text.Append($"  {node.Name,-14} {node.Url}  process {node.ProcessId}\n");
        foreach (var (name, address) in _engines.Addresses) text.Append($"  {name,-14} {address}\n");
        return text.Append($"""
              admin key      {_adminKey}
              metrics        /metrics of each process, with Authorization: Bearer {MetricsToken}

            Try it:
              curl -H "X-Api-Key: {_adminKey}" -H "Content-Type: application/json" -d '{"{"}"url": "https://example.com/"{"}"}' {Gateway}/api/v1/links
            Ctrl-C stops all of it, and nothing is kept.
            """).ToString();
    }

    public async ValueTask DisposeAsync()
    {
        // The front first, so that nobody asks what is already gone.
        foreach (var node in _nodes.Where(node => node.Name == "gateway")) await node.DisposeAsync();
        await Task.WhenAll(_nodes.Where(node => node.Name != "gateway").Select(node => node.DisposeAsync().AsTask()));
        await _engines.DisposeAsync();
    }

    private async Task AddAsync(string name, string role, CancellationToken cancellationToken) =>
        Keep(await Node.StartAsync(name, "serve", Address(0), new Dictionary<string, string>([.. _engines.SettingsFor(role), .. _settings]) { ["Terse__Roles"] = role }, cancellationToken));

    private void Keep(Node node)
    {
        lock (_nodes) _nodes.Add(node);
    }

    /// <summary>Where the gateway finds the nodes of a role.</summary>
    private string Urls(string role) => string.Join(',', _nodes.Where(node => node.Name.StartsWith(role, StringComparison.Ordinal)).Select(node =>
        new UriBuilder(node.Url) { Port = _route("gateway", node.Name, new Uri(node.Url).Port) }.Uri.GetLeftPart(UriPartial.Authority)));

    private static string Address(int port) => $"http://127.0.0.1:{(port == 0 ? ServerProcess.FreePort() : port)}";
}
