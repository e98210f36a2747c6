using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Terse.Gateway;

/// <summary>Which nodes YARP holds for well.</summary>
internal static class NodeHealth
{
    public static int Count(ClusterState cluster, bool available) => available
        ? cluster.DestinationsState.AllDestinations.Count(IsWell)
        : cluster.DestinationsState.AllDestinations.Count;

    /// <summary>Not known to be ill. YARP's own list of available destinations has all of them when none is well.</summary>
    public static bool IsWell(DestinationState node) => node.Health is { Active: not DestinationHealth.Unhealthy, Passive: not DestinationHealth.Unhealthy };
}

/// <summary>A gateway that sees no redirect node is of no use; another gateway may see some.</summary>
internal sealed class RedirectNodesHealth(IProxyStateLookup proxy) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        proxy.TryGetCluster(GatewayMap.Redirects, out var cluster) && NodeHealth.Count(cluster, available: true) > 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("No redirect node is well."));
}
