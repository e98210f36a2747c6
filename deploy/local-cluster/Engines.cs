using Terse.Servers;

namespace Terse.Cluster;

/// <summary>The servers that the fleet stands on, and the settings by which nodes find them.</summary>
internal sealed class Engines : IAsyncDisposable
{
    // Each node may open so many; the server takes 200 from all.
    private const string Connections = "15";

    private readonly List<IAsyncDisposable> _servers = [];

    /// <summary>What each is, and where, for people.</summary>
    public List<(string Name, string Address)> Addresses { get; } = [];

    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>Each server by its name, for those who break it.</summary>
    public Dictionary<string, ServerProcess> Processes { get; } = [];

    public async Task StartAsync(string links)
    {
        await Task.WhenAll(StartRedisAsync(), StartNatsAsync(), StartPostgreSqlAsync(links == "PostgreSql"), links == "DynamoDb" ? StartDynamoDbAsync() : Task.CompletedTask);
        Settings["Terse__Stores__Links"] = links;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers)) await server.DisposeAsync();
    }

    private async Task StartRedisAsync()
    {
        var redis = Keep(await RedisCluster.StartAsync());
        lock (Settings) Settings["Terse__Redis__Endpoints"] = redis.Endpoints;
        Name("Redis", redis.Nodes.Select(node => node.Process));
        Tell("Redis Cluster", redis.Endpoints);
    }

    private async Task StartNatsAsync()
    {
        var nats = Keep(await NatsCluster.StartAsync());
        lock (Settings) (Settings["Terse__Stores__Queue"], Settings["Terse__Nats__Url"], Settings["Terse__Nats__Replicas"]) = ("Nats", nats.Urls, "3");
        Name("NATS", nats.Nodes);
        Tell("NATS", nats.Urls);
    }

    /// <summary>Clicks are counted here whatever keeps the links.</summary>
    private async Task StartPostgreSqlAsync(bool replica)
    {
        var primary = Keep(await PostgreSqlServer.StartAsync());
        var database = await primary.CreateDatabaseAsync();
        lock (Settings)
        {
            (Settings["Terse__Stores__Clicks"], Settings["Terse__PostgreSql__ConnectionString"]) = ("PostgreSql", database);
            Settings["Terse__Stores__Journal"] = "PostgreSql";
            (Settings["Terse__PostgreSql__MaxConnections"], Settings["Terse__PostgreSql__MaxReadConnections"]) = (Connections, Connections);
        }

        Name("PostgreSQL", [primary.Process]);
        Tell("PostgreSQL", database);
        if (!replica) return;
        var standby = Keep(await PostgreSqlServer.StartReplicaAsync(primary));
        lock (Settings) Settings["Terse__PostgreSql__ReadConnectionString"] = database.Replace($"Port={primary.Port}", $"Port={standby.Port}", StringComparison.Ordinal);
        Name("replica", [standby.Process]);
        Tell("  its replica", $"127.0.0.1:{standby.Port}");
    }

    private async Task StartDynamoDbAsync()
    {
        const string Url = "Terse__DynamoDb__ServiceUrl";
        var url = Environment.GetEnvironmentVariable(Url);
        if (string.IsNullOrEmpty(url)) url = Keep(await DynaliteServer.StartAsync()).Url;
        lock (Settings) (Settings[Url], Settings["Terse__DynamoDb__AccessKey"], Settings["Terse__DynamoDb__SecretKey"]) = (url, "local", "local");
        Tell("DynamoDB API", url);
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
