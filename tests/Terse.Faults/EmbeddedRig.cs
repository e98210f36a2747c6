using Terse.Cluster;
using Terse.Servers;

namespace Terse.Faults;

/// <summary>Rung 1: one process on embedded stores, on a small file system of its own that can be filled and made read-only, under a clock that may be stepped.</summary>
internal sealed class EmbeddedRig : Rig
{
    private readonly string _folder;
    private readonly Node _node;

    private EmbeddedRig(string folder, SmallDisk disk, SteppedClock? clock, Node node) => (_folder, Disk, Clock, _node) = (folder, disk, clock, node);

    public override string Name => "one process";

    public override Uri Redirects => new(_node.Url);

    public override Uri Api => new(_node.Url);

    public override IReadOnlyList<Faulty> Parts => [Faulty.Of(_node)];

    public int ProcessId => _node.ProcessId;

    public SmallDisk Disk { get; }

    /// <summary>Null where the process goes by the machine's own clock.</summary>
    public SteppedClock? Clock { get; }

    /// <param name="diskMegabytes">How large the disk is.</param>
    /// <param name="hasOwnClock">Whether its clock can be stepped. Each reading of it then costs a look into a file, and waits that are as good as over are spun.</param>
    /// <param name="more">Settings beside those that every rig has.</param>
    public static async Task<EmbeddedRig> StartAsync(int diskMegabytes = 192, bool hasOwnClock = true, params IEnumerable<KeyValuePair<string, string>> more)
    {
        var folder = Directory.CreateTempSubdirectory("terse-faults-").FullName;
        var disk = await SmallDisk.MountAsync(Path.Combine(folder, "data"), diskMegabytes);
        var clock = hasOwnClock ? new SteppedClock(Path.Combine(folder, "clock")) : null;
        var settings = new Dictionary<string, string>([.. clock?.Environment ?? [], .. more]) { ["Terse__Data"] = disk.Path, ["Terse__BootstrapKey"] = AdminKey };
        var node = await Node.StartAsync("terse", "serve", $"http://127.0.0.1:{ServerProcess.FreePort()}", settings);
        var rig = new EmbeddedRig(folder, disk, clock, node);
        await rig.SeedAsync();
        return rig;
    }

    public override async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await Disk.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
