using Terse.Cluster;

namespace Terse.Faults;

/// <summary>Rung 4: the fleet of <c>./build.sh cluster</c>. Visitors and writers come in at the gateway.</summary>
internal sealed class FleetRig : Rig
{
    private readonly Fleet _fleet;
    private readonly Faulty[] _parts;

    private FleetRig(Fleet fleet, string links)
    {
        (_fleet, LinksAreIn) = (fleet, links);
        _parts = [.. fleet.Nodes.Select(Faulty.Of), .. fleet.Engines.Processes.Select(server => Faulty.Of(server.Key, server.Value))];
    }

    public string LinksAreIn { get; }

    public override string Name => $"fleet on {LinksAreIn}";

    public override Uri Redirects => new(_fleet.Gateway);

    public override Uri Api => new(_fleet.Gateway);

    public override IReadOnlyList<Faulty> Parts => _parts;

    public static async Task<FleetRig> StartAsync(string links)
    {
        var fleet = new Fleet(AdminKey);
        try
        {
            await fleet.StartAsync(links, port: 0);
            var rig = new FleetRig(fleet, links);
            await rig.SeedAsync();
            return rig;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
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

    public override ValueTask DisposeAsync() => _fleet.DisposeAsync();
}
