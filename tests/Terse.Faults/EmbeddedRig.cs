namespace Terse.Faults;

/// <summary>Rung 1: one process on embedded stores, on a small file system of its own that can be filled and made read-only, under a clock that can be stepped.</summary>
internal sealed class EmbeddedRig : Rig
{
    private readonly string _folder;
    private readonly SmallDisk _disk;
    private readonly TerseNode _node;

    private EmbeddedRig(string folder, SmallDisk disk, SteppedClock clock, TerseNode node) => (_folder, _disk, Clock, _node) = (folder, disk, clock, node);

    public override string Name => "one process";

    public override Uri Redirects => _node.Url;

    public override Uri Api => _node.Url;

    public override IReadOnlyList<IFaulty> Parts => [_node];

    public SmallDisk Disk => _disk;

    public SteppedClock Clock { get; }

    public static async Task<EmbeddedRig> StartAsync(int diskMegabytes = 192)
    {
        var folder = Directory.CreateTempSubdirectory("terse-faults-").FullName;
        var disk = await SmallDisk.MountAsync(Path.Combine(folder, "data"), diskMegabytes);
        var clock = new SteppedClock(Path.Combine(folder, "clock"));
        var node = await TerseNode.StartAsync("terse", ["serve", "--data", disk.Path, "--set", $"BootstrapKey={TerseNode.AdminKey}"], clock.Environment);
        var rig = new EmbeddedRig(folder, disk, clock, node);
        await rig.SeedAsync();
        return rig;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _disk.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
