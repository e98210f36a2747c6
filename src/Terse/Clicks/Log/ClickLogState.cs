using System.IO.MemoryMappedFiles;

namespace Terse.Clicks.Log;

/// <summary>
/// One mapped page beside the segments: who this log is, up to where it was worked off, and how often the next delivery was tried. Each number is eight
/// aligned bytes, so a kill leaves the one before or the one after.
/// </summary>
internal sealed unsafe class ClickLogState : IDisposable
{
    private const int Length = 4096;
    private const long Magic = 0x31304B4349435454;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long* _numbers;

    public ClickLogState(string directory)
    {
        var path = Path.Combine(directory, "log.state");
        var isNew = !File.Exists(path);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Length, MemoryMappedFileAccess.ReadWrite);
        _view = _file.CreateViewAccessor(0, Length);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _numbers = (long*)start;
        if (isNew || _numbers[0] == 0)
        {
            Guid.NewGuid().TryWriteBytes(new Span<byte>(_numbers + 1, 16));
            Volatile.Write(ref _numbers[0], Magic);
            Sync();
        }
        if (_numbers[0] != Magic) throw new InvalidDataException($"{path} is not a click log's. Move the directory away to begin a new log.");
        Source = new Guid(new ReadOnlySpan<byte>(_numbers + 1, 16)).ToString("n");
    }

    /// <summary>The name of this log, unlike any other's: made once, 32 hexadecimal digits.</summary>
    public string Source { get; }

    /// <summary>The position of the last record that was worked off.</summary>
    public long Acknowledged
    {
        get => Volatile.Read(ref _numbers[3]);
        set => Volatile.Write(ref _numbers[3], value);
    }

    /// <summary>How often the records after <see cref="Acknowledged"/> were delivered.</summary>
    public long Attempts
    {
        get => Volatile.Read(ref _numbers[4]);
        set => Volatile.Write(ref _numbers[4], value);
    }

    public void Sync() => _view.Flush();

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
