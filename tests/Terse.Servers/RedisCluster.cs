using System.Globalization;

namespace Terse.Servers;

/// <summary>
/// A Redis Cluster of three primaries with a replica each. A node is taken for dead after half a second, and the others go on meanwhile
/// (no full coverage is asked for; reads go on even when the cluster is down).
/// </summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private const int Primaries = 3;
    private readonly RedisServer[] _nodes;

    private RedisCluster(RedisServer[] nodes) => _nodes = nodes;

    /// <summary>All nodes, as StackExchange.Redis takes them.</summary>
    public string Endpoints => string.Join(',', _nodes.Select(node => node.Endpoint));

    public IReadOnlyList<RedisServer> Nodes => _nodes;

    /// <param name="announced">The port under which clients and the other nodes are told to come to a node, by its own port. Null: its own.</param>
    public static async Task<RedisCluster> StartAsync(Func<int, int>? announced = null)
    {
        string[] options =
        [
            "--cluster-enabled", "yes", "--cluster-node-timeout", "500", "--cluster-require-full-coverage", "no", "--cluster-allow-reads-when-down", "yes",
            "--repl-diskless-sync-delay", "0", "--cluster-replica-validity-factor", "0",
        ];
        var nodes = await Task.WhenAll(Enumerable.Range(0, 2 * Primaries).Select(_ => StartNodeAsync(options, announced)));
        var cluster = new RedisCluster(nodes);
        try
        {
            await RedisServer.CliAsync(nodes[0].Port, ["--cluster", "create", .. nodes.Select(node => node.Endpoint), "--cluster-replicas", "1", "--cluster-yes"]);
            foreach (var node in nodes) await node.UntilAsync(info => info.Contains("cluster_state:ok", StringComparison.Ordinal), "cluster", "info");
            foreach (var node in nodes)
                await node.UntilAsync(info => info.Contains("role:master", StringComparison.Ordinal) || info.Contains("master_link_status:up", StringComparison.Ordinal), "info", "replication");
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private static Task<RedisServer> StartNodeAsync(string[] options, Func<int, int>? announced)
    {
        var bus = Text(ServerProcess.FreePort());
        return announced is null
            ? RedisServer.StartAsync([.. options, "--cluster-port", bus])
            : RedisServer.StartAsync(port => [.. options, "--cluster-port", bus, "--cluster-announce-bus-port", bus, "--cluster-announce-ip", "127.0.0.1", "--cluster-announce-port", Text(announced(port))]);

        static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The primary that has the slot of <paramref name="key"/> now.</summary>
    public async Task<RedisServer> PrimaryOfAsync(string key)
    {
        var slot = int.Parse(await _nodes.First(node => !node.HasExited).CliAsync("cluster", "keyslot", key), CultureInfo.InvariantCulture);
        foreach (var line in (await _nodes.First(node => !node.HasExited).CliAsync("cluster", "nodes")).Split('\n'))
        {
            var fields = line.Split(' ');
            if (fields.Length < 9 || !fields[2].Contains("master", StringComparison.Ordinal) || fields[2].Contains("fail", StringComparison.Ordinal)) continue;
            if (fields.Skip(8).Any(range => Covers(range, slot)))
                return _nodes.Single(node => fields[1].StartsWith(node.Endpoint + "@", StringComparison.Ordinal));
        }
        throw new InvalidOperationException($"No primary has slot {slot}.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    private static bool Covers(string range, int slot)
    {
        var ends = range.Split('-').Select(end => int.TryParse(end, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
        return ends[0] <= slot && slot <= ends[^1];
    }
}
