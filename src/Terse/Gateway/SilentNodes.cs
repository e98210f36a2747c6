using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Terse.Gateway;

/// <summary>
/// Finds the redirect node that was paused, or whose network swallows what is sent: it holds requests and answers nobody, not even whether it lives. What it
/// holds is then cancelled, for <see cref="Retries"/> to ask another node. A node that lives is waited for, however slow its store is.
/// </summary>
internal sealed partial class SilentNodes(IProxyStateLookup proxy, IOptions<GatewayOptions> options, TimeProvider time, GatewayMetrics metrics, ILogger<SilentNodes> log)
    : BackgroundService
{
    private const int LooksPerTimeout = 6;

    private readonly TimeSpan _timeout = options.Value.SilenceTimeout;
    private readonly TimeSpan _askAfter = options.Value.SilenceTimeout / 2;
    private readonly ConditionalWeakTable<DestinationState, NodeSilence> _nodes = [];

    public NodeSilence Of(DestinationState node) => _nodes.GetValue(node, _ => new NodeSilence(time));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_timeout / LooksPerTimeout, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!proxy.TryGetCluster(GatewayMap.Redirects, out var cluster)) continue;

            // The last one that is well is waited for: whom else could one ask?
            var all = cluster.DestinationsState.AllDestinations;
            await Task.WhenAll(from node in all where all.Any(other => other != node && NodeHealth.IsWell(other)) select LookAsync(cluster, node, stoppingToken));
        }
    }

    private async Task LookAsync(ClusterState cluster, DestinationState node, CancellationToken stoppingToken)
    {
        if (!_nodes.TryGetValue(node, out var silence) || silence.Length < _askAfter) return;
        if (await LivesAsync(cluster, node, stoppingToken))
        {
            silence.Restart();
            return;
        }

        var length = silence.Length;
        if (length < _timeout) return;
        metrics.FellSilent();
        Log.Silent(log, node.DestinationId, (int)length.TotalMilliseconds);
        silence.Break();
    }

    private async Task<bool> LivesAsync(ClusterState cluster, DestinationState node, CancellationToken stoppingToken)
    {
        using var late = new CancellationTokenSource(_timeout - _askAfter, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stoppingToken);
        try
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, $"{node.Model.Config.Address.TrimEnd('/')}/health/live");
            using var answer = await cluster.Model.HttpClient.SendAsync(question, limit.Token);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6003, LogLevel.Warning, "{Node} has answered nobody, nor whether it lives, for {Milliseconds} ms. What it holds goes to other nodes.")]
        public static partial void Silent(ILogger logger, string node, int milliseconds);
    }
}

/// <summary>Who waits for a node, and since when it has answered none of them.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without a timer holds nothing to be disposed of, and those who wait may still hold its token.")]
internal sealed class NodeSilence(TimeProvider time)
{
    private CancellationTokenSource _broken = new();
    private long _since;
    private int _waiting;

    /// <summary>How long the node has answered nobody while somebody waited.</summary>
    public TimeSpan Length => Volatile.Read(ref _waiting) == 0 ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref _since));

    /// <summary>Cancelled when the node is found silent.</summary>
    public CancellationToken Broken => Volatile.Read(ref _broken).Token;

    public void Wait()
    {
        // Before the count: a look in between must not take an idle hour for silence.
        if (Volatile.Read(ref _waiting) == 0) Restart();
        Interlocked.Increment(ref _waiting);
    }

    public void Leave(bool answered)
    {
        if (answered) Restart();
        Interlocked.Decrement(ref _waiting);
    }

    /// <summary>Lets all who wait go. Who comes later waits anew.</summary>
    public void Break()
    {
        Restart();
        Interlocked.Exchange(ref _broken, new CancellationTokenSource()).Cancel();
    }

    public void Restart() => Volatile.Write(ref _since, time.GetTimestamp());
}
