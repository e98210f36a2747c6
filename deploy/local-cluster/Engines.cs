using Terse.Servers;

namespace Terse.Cluster;

/// <summary>The servers that the fleet stands on, and the settings by which nodes find them.</summary>
internal sealed class Engines(Route route) : IAsyncDisposable
{
    private const string DynamoDbUrl = "Terse__DynamoDb__ServiceUrl";

    // Each node may open so many; the server takes 200 from all.
    private const string Connections = "15";

    private readonly List<IAsyncDisposable> _servers = [];
    private string _links = "";
    private RedisCluster _redis = null!;
    private NatsCluster _nats = null!;
    private PostgreSqlServer _primary = null!;
    private PostgreSqlServer? _replica;
    private string _database = "";
    private int? _dynamoDb;

    /// <summary>What each is, and where, for people.</summary>
    public List<(string Name, string Address)> Addresses { get; } = [];

    /// <summary>Each server by its name, for those who break it.</summary>
    public Dictionary<string, ServerProcess> Processes { get; } = [];

    /// <summary>Set where links are in PostgreSQL.</summary>
    public PostgreSqlServer? Replica => _replica;

    public async Task StartAsync(string links)
    {
        _links = links;
        await Task.WhenAll(StartRedisAsync(), StartNatsAsync(), StartPostgreSqlAsync(links == "PostgreSql"), links == "DynamoDb" ? StartDynamoDbAsync() : Task.CompletedTask);
    }

    /// <summary>How a node of <paramref name="role"/> finds them.</summary>
    public Dictionary<string, string> SettingsFor(string role)
    {
        var settings = new Dictionary<string, string>
        {
            ["Terse__Stores__Links"] = _links,
            ["Terse__Stores__Queue"] = "Nats",
            ["Terse__Stores__Clicks"] = "PostgreSql",
            ["Terse__Stores__Journal"] = "PostgreSql",
            ["Terse__Redis__Endpoints"] = string.Join(',', _redis.Nodes.Select(node => $"127.0.0.1:{route("*", "Redis", node.Port)}")),
            ["Terse__Nats__Url"] = string.Join(',', _nats.Nodes.Select(node => $"nats://127.0.0.1:{route(role, "NATS", node.Port)}")),
            ["Terse__Nats__Replicas"] = "3",
            ["Terse__PostgreSql__ConnectionString"] = PostgreSql(_primary),
            ["Terse__PostgreSql__MaxConnections"] = Connections,
            ["Terse__PostgreSql__MaxReadConnections"] = Connections,
        };
        if (_replica is not null) settings["Terse__PostgreSql__ReadConnectionString"] = PostgreSql(_replica);
        if (_links != "DynamoDb") return settings;
        if (_dynamoDb is { } port) settings[DynamoDbUrl] = $"http://127.0.0.1:{route(role, "DynamoDB", port)}";
        (settings["Terse__DynamoDb__AccessKey"], settings["Terse__DynamoDb__SecretKey"]) = ("local", "local");
        return settings;

        string PostgreSql(PostgreSqlServer server) => _database.Replace($"Port={_primary.Port}", $"Port={route(role, "PostgreSQL", server.Port)}", StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers)) await server.DisposeAsync();
    }

    private async Task StartRedisAsync()
    {
        _redis = Keep(await RedisCluster.StartAsync(port => route("*", "Redis", port)));
        Name("Redis", _redis.Nodes.Select(node => node.Process));
        Tell("Redis Cluster", _redis.Endpoints);
    }

    private async Task StartNatsAsync()
    {
        _nats = Keep(await NatsCluster.StartAsync());
        Name("NATS", _nats.Nodes);
        Tell("NATS", _nats.Urls);
    }

    /// <summary>Clicks are counted here whatever keeps the links.</summary>
    private async Task StartPostgreSqlAsync(bool replica)
    {
        _primary = Keep(await PostgreSqlServer.StartAsync());
        _database = await _primary.CreateDatabaseAsync();
        Name("PostgreSQL", [_primary.Process]);
        Tell("PostgreSQL", _database);
        if (!replica) return;
        _replica = Keep(await PostgreSqlServer.StartReplicaAsync(_primary));
        Name("replica", [_replica.Process]);
        Tell("  its replica", $"127.0.0.1:{_replica.Port}");
    }

    /// <summary>Unless the environment names a service: the nodes inherit it then.</summary>
    private async Task StartDynamoDbAsync()
    {
        if (Environment.GetEnvironmentVariable(DynamoDbUrl) is { Length: > 0 } told)
        {
            Tell("DynamoDB API", told);
            return;
        }

        var dynalite = Keep(await DynaliteServer.StartAsync());
        _dynamoDb = dynalite.Process.Port;
        Name("DynamoDB API", [dynalite.Process]);
        Tell("DynamoDB API", dynalite.Url);
    }

    private T Keep<T>(T server)
        where T : IAsyncDisposable
    {
        lock (_servers) _servers.Add(server);
        return server;
    }

    private void Name(string kind, IEnumerable<ServerProcess> processes)
    {
        lock (Processes)
        {
            foreach (var (index, process) in processes.Index()) Processes[$"{kind} {index + 1}"] = process;
        }
    }

    private void Tell(string name, string address)
    {
        lock (Addresses) Addresses.Add((name, address));
    }
}
