using Terse.Servers;

namespace Terse.Faults;

/// <summary>
/// A real file system (ext4) of some megabytes in memory: it can be filled to the last byte, and it can meet an error, upon which the kernel makes it
/// read-only under those who have files open, as it does when a disk dies. Mounting it takes root and a loop device.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _memory;
    private readonly string _image;

    private SmallDisk(string path, string memory) => (Path, _memory, _image) = (path, memory, System.IO.Path.Combine(memory, "image"));

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    public static async Task<SmallDisk> MountAsync(string path, int megabytes)
    {
        var memory = Directory.CreateDirectory(path + ".memory").FullName;
        var disk = new SmallDisk(Directory.CreateDirectory(path).FullName, memory);
        await ChildProcess.RunAsync("mount", "-t", "tmpfs", "-o", "mode=700", "tmpfs", memory);
        await using (var image = File.Create(disk._image)) image.SetLength((long)megabytes << 20);
        await ChildProcess.RunAsync("mkfs.ext4", "-q", "-F", "-m", "0", disk._image);
        await disk.MountAsync();
        return disk;
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

    /// <summary>From now on it can be read, and not written.</summary>
    public async Task FailAsync()
    {
        var device = (await ChildProcess.RunAsync("findmnt", "--noheadings", "--output", "SOURCE", Path)).Trim();
        await File.WriteAllTextAsync($"/sys/fs/ext4/{System.IO.Path.GetFileName(device)}/trigger_fs_error", "1");
    }

    /// <summary>What an operator does after that, when nobody has files open any more: checks it, and mounts it again.</summary>
    public async Task RepairAsync()
    {
        await ChildProcess.RunAsync("umount", Path);

        // 1 says that errors were found and mended: the one that was made.
        await ChildProcess.RunAsync("sh", "-c", "e2fsck -p -f \"$1\" || [ $? -eq 1 ]", "sh", _image);
        await MountAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ChildProcess.RunAsync("umount", "--lazy", Path);
        await ChildProcess.RunAsync("umount", "--lazy", _memory);
    }

    private Task MountAsync() => ChildProcess.RunAsync("mount", "-o", "loop,errors=remount-ro", _image, Path);
}
