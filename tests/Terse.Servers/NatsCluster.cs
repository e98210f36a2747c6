using System.Globalization;

namespace Terse.Servers;

/// <summary>Three nats-servers with JetStream that keep streams together. Clients come where they were told to, and hear of no other addresses.</summary>
internal sealed class NatsCluster : IAsyncDisposable
{
    private const int Size = 3;
    private readonly ServerProcess[] _nodes;

    private NatsCluster(ServerProcess[] nodes) => _nodes = nodes;

    /// <summary>All nodes, separated by commas.</summary>
    public string Urls => string.Join(',', _nodes.Select(node => $"nats://127.0.0.1:{node.Port}"));

    public IReadOnlyList<ServerProcess> Nodes => _nodes;

    public static async Task<NatsCluster> StartAsync()
    {
        var peers = Enumerable.Range(0, Size).Select(_ => $"nats://127.0.0.1:{ServerProcess.FreePort()}").ToArray();
        return new(await Task.WhenAll(Enumerable.Range(0, Size).Select(node => ServerProcess.StartAsync(
            Programs.Find("nats-server"),
            (port, folder) =>
            [
                "--addr", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--jetstream", "--store_dir", folder,
                "--server_name", $"n{node + 1}", "--cluster_name", "terse", "--cluster", peers[node], "--routes", string.Join(',', peers.Where(peer => peer != peers[node])),
                "--no_advertise",
            ],
            "metadata leader"))));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }
}
