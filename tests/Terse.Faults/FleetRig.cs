using System.Globalization;
using Terse.Cluster;

namespace Terse.Faults;

/// <summary>Rung 4: the fleet of <c>./build.sh cluster</c>. Visitors and writers come in at the gateway.</summary>
internal sealed class FleetRig : Rig
{
    private readonly Fleet _fleet;
    private readonly Faulty[] _parts;

    private FleetRig(Fleet fleet, Network network, string links)
    {
        (_fleet, Network, LinksAreIn) = (fleet, network, links);
        _parts = [.. fleet.Nodes.Select(Faulty.Of), .. fleet.Engines.Processes.Select(server => Faulty.Of(server.Key, server.Value))];
    }

    public string LinksAreIn { get; }

    public Network Network { get; }

    public override string Name => $"fleet on {LinksAreIn}";

    public override Uri Redirects => new(_fleet.Gateway);

    public override Uri Api => new(_fleet.Gateway);

    public override IReadOnlyList<Faulty> Parts => _parts;

    public static async Task<FleetRig> StartAsync(string links)
    {
        var network = new Network();
        var fleet = new Fleet(AdminKey, network.Route);
        try
        {
            await fleet.StartAsync(links, port: 0);
            var rig = new FleetRig(fleet, network, links);
            await rig.SeedAsync();
            return rig;
        }
        catch
        {
            await fleet.DisposeAsync();
            await network.DisposeAsync();
            throw;
        }
    }

    public override async Task<long> ReadRetriesAsync()
    {
        using var client = new HttpClient { BaseAddress = new Uri(_fleet.Gateway) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", _fleet.MetricsToken);
        var lines = (await client.GetStringAsync("/metrics")).Split('\n').Where(static line => line.StartsWith("terse_gateway_retries_total{", StringComparison.Ordinal));
        return lines.Sum(static line => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Each redirect node is asked for every link, so that whichever the gateway falls back on has it.</summary>
    protected override async Task WarmAsync()
    {
        foreach (var node in _fleet.Nodes.Where(node => node.Name.StartsWith("redirect", StringComparison.Ordinal)))
        {
            using var visitor = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(node.Url) };
            await Parallel.ForEachAsync(Links, async (link, cancellationToken) =>
            {
                using var answer = await visitor.GetAsync($"/{link.Key}", cancellationToken);
            });
        }
    }

    /// <summary>Stops what the replica has from following the primary, or lets it go on.</summary>
    public Task ReplicaAsync(bool follows) =>
        _fleet.Engines.Replica!.SqlAsync(follows ? "select pg_wal_replay_resume()" : "select pg_wal_replay_pause()");

    public override async ValueTask DisposeAsync()
    {
        await _fleet.DisposeAsync();
        await Network.DisposeAsync();
    }
}
