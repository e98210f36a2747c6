using Terse.Servers;

namespace Terse.Faults;

/// <summary>A file system in memory of a few megabytes: it can be filled to the last byte and made read-only. Mounting it takes root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    public static async Task<SmallDisk> MountAsync(string path, int megabytes)
    {
        Directory.CreateDirectory(path);
        await ChildProcess.RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=700", "tmpfs", path);
        return new SmallDisk(path);
    }

    /// <summary>Takes every byte that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[65_536];
        try
        {
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // Full, which is the point.
        }
    }

    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync() => await ChildProcess.RunAsync("umount", "--lazy", Path);
}
