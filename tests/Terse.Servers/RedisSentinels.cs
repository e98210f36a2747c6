using System.Globalization;

namespace Terse.Servers;

/// <summary>A Redis primary with one replica, and three sentinels that make the replica the primary a second after the primary is gone.</summary>
internal sealed class RedisSentinels : IAsyncDisposable
{
    public const string ServiceName = "terse";

    private readonly List<IAsyncDisposable> _all = [];
    private readonly List<ServerProcess> _sentinels = [];

    private RedisSentinels()
    {
    }

    public RedisServer Primary { get; private set; } = null!;

    public RedisServer Replica { get; private set; } = null!;

    /// <summary>The sentinels, as StackExchange.Redis takes them.</summary>
    public string Endpoints => string.Join(',', _sentinels.Select(sentinel => $"127.0.0.1:{sentinel.Port}"));

    public static async Task<RedisSentinels> StartAsync()
    {
        var sentinels = new RedisSentinels();
        try
        {
            sentinels._all.Add(sentinels.Primary = await RedisServer.StartAsync("--repl-diskless-sync-delay", "0"));
            var primary = sentinels.Primary.Port.ToString(CultureInfo.InvariantCulture);
            sentinels._all.Add(sentinels.Replica = await RedisServer.StartAsync("--replicaof", $"127.0.0.1 {primary}"));
            await sentinels.Replica.UntilAsync(info => info.Contains("master_link_status:up", StringComparison.Ordinal), "info", "replication");
            for (var i = 0; i < 3; i++)
            {
                var sentinel = await ServerProcess.StartAsync(Programs.Find("redis-server"), (port, folder) => [Configuration(folder, port, primary), "--sentinel"], "Sentinel ID is");
                sentinels._all.Add(sentinel);
                sentinels._sentinels.Add(sentinel);
            }
            foreach (var sentinel in sentinels._sentinels)
            {
                await RedisServer.UntilAsync(
                    sentinel.Port,
                    info => info.Contains("slaves=1,sentinels=3", StringComparison.Ordinal) && info.Contains("status=ok", StringComparison.Ordinal), "info", "sentinel");
            }
            return sentinels;
        }
        catch
        {
            await sentinels.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_all)) await server.DisposeAsync();
    }

    // A sentinel writes what it learns into its configuration file.
    private static string Configuration(string folder, int port, string primary)
    {
        var file = Path.Combine(folder, "sentinel.conf");
        File.WriteAllText(file, $"""
            bind 127.0.0.1
            port {port}
            dir {folder}
            sentinel monitor {ServiceName} 127.0.0.1 {primary} 2
            sentinel down-after-milliseconds {ServiceName} 1000
            sentinel failover-timeout {ServiceName} 5000

            """);
        return file;
    }
}
