using System.Diagnostics.Metrics;
using Yarp.ReverseProxy;

namespace Terse.Gateway;

/// <summary>What the gateway tells of itself. Requests, their codes and durations are http.server.request.duration.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "Terse.Gateway";

    private readonly Counter<long> _retries;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _spills;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _silences;

    public GatewayMetrics(IMeterFactory meters, IServiceProvider services)
    {
        var meter = meters.Create(MeterName);
        _retries = meter.CreateCounter<long>("terse.gateway.retries", "{request}", "Requests sent to another node because one failed.");
        _failures = meter.CreateCounter<long>("terse.gateway.failures", "{request}", "Requests that no node answered.");
        _spills = meter.CreateCounter<long>("terse.gateway.spills", "{request}", "Requests passed on because the code's node was at its bound.");
        _refusals = meter.CreateCounter<long>("terse.gateway.refusals", "{request}", "Requests refused because two servers could read them differently.");
        _silences = meter.CreateCounter<long>("terse.gateway.silences", "{silence}", "Redirect nodes found to hold requests and answer nobody.");
        meter.CreateObservableGauge("terse.gateway.nodes", () => Count(services, available: false), "{node}", "Nodes, by cluster.");
        meter.CreateObservableGauge("terse.gateway.nodes.available", () => Count(services, available: true), "{node}", "Nodes that requests are sent to, by cluster.");
    }

    public void Retried(string cluster) => _retries.Add(1, new KeyValuePair<string, object?>("cluster", cluster));

    public void Failed(string cluster) => _failures.Add(1, new KeyValuePair<string, object?>("cluster", cluster));

    public void Spilled() => _spills.Add(1);

    public void Refused() => _refusals.Add(1);

    public void FellSilent() => _silences.Add(1);

    // Asked for when it is read, not when it is made: YARP's own services need the policies, and those need this.
    private static IEnumerable<Measurement<int>> Count(IServiceProvider services, bool available) =>
        services.GetRequiredService<IProxyStateLookup>().GetClusters().Select(cluster => new Measurement<int>(
            NodeHealth.Count(cluster, available), new KeyValuePair<string, object?>("cluster", cluster.ClusterId)));
}
