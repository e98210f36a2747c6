using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Terse.Gateway;

/// <summary>
/// Leaves a node out at its first failure to connect, to answer in time, or to stay connected, and when it falls silent. YARP's own policy weighs failures against the
/// successes of the last minute, and so goes on sending to a node that has just died.
/// </summary>
internal sealed class FirstFailurePolicy(IDestinationHealthUpdater health, IOptions<GatewayOptions> options) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "FirstFailure";

    private readonly TimeSpan _leaveOut = options.Value.LeaveOut;

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (context.RequestAborted.IsCancellationRequested) return;
        if (context.Features.Get<IForwarderErrorFeature>()?.Error is ForwarderError.Request or ForwarderError.RequestTimedOut or ForwarderError.RequestCanceled)
            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, _leaveOut);
    }
}
