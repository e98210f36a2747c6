using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Terse.Gateway;

/// <summary>
/// Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2016) by code: each code has its node, so that the nodes' L1 add up
/// instead of holding the same. A node at its bound passes on to the next of the ring, so that a hot code spills over.
/// </summary>
internal sealed class ConsistentHashPolicy(IOptions<GatewayOptions> options, GatewayMetrics metrics) : ILoadBalancingPolicy
{
    public const string PolicyName = "ConsistentHash";

    private readonly double _bound = options.Value.LoadBound;
    private readonly int _floor = options.Value.SpillFrom;

    // YARP keeps the same list of all destinations until the configuration changes, so a ring lives as long as its list.
    private readonly ConditionalWeakTable<IReadOnlyList<DestinationState>, HashRing> _rings = [];

    public string Name => PolicyName;

    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        if (availableDestinations.Count == 0) return null;
        var all = cluster.DestinationsState.AllDestinations;
        var ring = _rings.GetValue(all, static all => new HashRing([.. all.Select(node => node.DestinationId)]));
        var inFlight = 0;
        foreach (var node in availableDestinations) inFlight += node.ConcurrentRequestCount;
        var bound = LoadBound.Of(inFlight, availableDestinations.Count, _bound, _floor);

        var place = ring.PlaceOf(CodeOf(context.Request.Path.Value));
        var spilled = false;
        for (var step = 0; step < ring.Length; step++)
        {
            var node = all[ring.ServerAt(place + step)];
            if (!Contains(availableDestinations, node)) continue;
            if (node.ConcurrentRequestCount < bound)
            {
                if (spilled) metrics.Spilled();
                return node;
            }

            spilled = true;
        }

        // Counts move while we walk: all may have seemed full.
        return availableDestinations[0];
    }

    /// <summary>What is hashed: the path without its slash, and without the + of a preview, so that both find the same L1.</summary>
    internal static ReadOnlySpan<char> CodeOf(string? path) => path.AsSpan().TrimStart('/').TrimEnd('+');

    private static bool Contains(IReadOnlyList<DestinationState> nodes, DestinationState wanted)
    {
        foreach (var node in nodes)
            if (ReferenceEquals(node, wanted)) return true;
        return false;
    }
}

/// <summary>How many requests a node may have in flight before its codes go to the next.</summary>
internal static class LoadBound
{
    /// <summary>
    /// ceil(bound × (all in flight + the new one) / nodes), as in the paper, but never less than <paramref name="floor"/>: with a handful of
    /// requests the mean is about one, and spilling would cost L1 hits where nobody waits.
    /// </summary>
    public static int Of(int inFlight, int nodes, double bound, int floor) => Math.Max(floor, (int)Math.Ceiling(bound * (inFlight + 1) / nodes));
}
