using System.Globalization;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using Terse.Links;

namespace Terse.Clicks.Log;

/// <summary>
/// One mapped file of the click log. A record is a header of eight bytes and a body, at a multiple of eight. The header is written last and at once, so a
/// record is there whole or not at all; it holds a checksum over body and position, so that nothing else is ever taken for a record.
/// </summary>
internal sealed unsafe class ClickLogSegment : IDisposable
{
    /// <summary>Positions count as if every segment had this length; files are shorter.</summary>
    public const int StrideBits = 24;
    public const long OffsetMask = (1L << StrideBits) - 1;
    public const int HeaderLength = 8;
    public const int FirstOffset = 64;
    private const string Extension = ".clicks";
    private const ulong Magic = 0x3130474F4C4B4354;

    // The header's low half is the checksum; then 16 bits of body length, 8 bits that say what it is, and 8 that are never 0.
    private const ulong RecordMark = 0xC1_01UL << 48;
    private const ulong EndMark = 0xC1_02UL << 48;
    private const ulong MarkMask = 0xFFFFUL << 48;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    private ClickLogSegment(string path, long number, int length, bool isSealed)
    {
        (FilePath, Number, Length, IsSealed) = (path, number, length, isSealed);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, length, MemoryMappedFileAccess.ReadWrite);
        _view = _file.CreateViewAccessor(0, length);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    public string FilePath { get; }

    public long Number { get; }

    public int Length { get; }

    /// <summary>From an earlier run: nobody writes to it any more, so a gap in it stays a gap.</summary>
    public bool IsSealed { get; }

    public long Base => Number << StrideBits;

    /// <summary>Makes the file with all its blocks, since a write to a mapped block that the disk has no room for would end the process.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public static ClickLogSegment Create(string directory, long number, int length)
    {
        var path = PathOf(directory, number);
        try
        {
            using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.None, length))
            {
                RandomAccess.SetLength(file, length);
                RandomAccess.Write(file, BitConverter.GetBytes(Magic), 0);
            }
            return new ClickLogSegment(path, number, length, isSealed: false);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Opens what an earlier run left, cut behind its last record; null, and no file any more, if it has none.</summary>
    public static ClickLogSegment? Recover(string path, long number)
    {
        int length;
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            length = (int)Math.Min(RandomAccess.GetLength(file), 1L << StrideBits);
            var content = new byte[length];
            RandomAccess.Read(file, content, 0);
            var used = content.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
            if (length < FirstOffset || used <= FirstOffset || BitConverter.ToUInt64(content) != Magic) length = 0;
            else
            {
                // The last body may end in zeros.
                length = Math.Min(length, (used + ClickFormat.MaxLength + 7) & ~7);
                RandomAccess.SetLength(file, length);
            }
        }
        if (length > 0) return new ClickLogSegment(path, number, length, isSealed: true);
        File.Delete(path);
        return null;
    }

    public static IEnumerable<(string Path, long Number)> List(string directory) =>
        from path in Directory.EnumerateFiles(directory, "*" + Extension)
        let number = long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0
        where number > 0
        orderby number
        select (path, number);

    /// <summary>What a body takes, its header and padding included.</summary>
    public static int SizeOf(int bodyLength) => (HeaderLength + bodyLength + 7) & ~7;

    /// <summary>Writes a record at a place that the caller has reserved.</summary>
    public void Write(int offset, ReadOnlySpan<byte> body, ulong hash)
    {
        body.CopyTo(new Span<byte>(_start + offset + HeaderLength, body.Length));
        Volatile.Write(ref *(ulong*)(_start + offset), RecordMark | (ulong)body.Length << 32 | Checksum(hash, Base + offset));
    }

    /// <summary>Says that the next record is in the next segment.</summary>
    public void WriteEnd(int offset) => Volatile.Write(ref *(ulong*)(_start + offset), EndMark | Checksum(0, Base + offset));

    /// <summary>What stands at an offset. <see cref="ClickLogEntry.Torn"/> is what is neither empty nor whole.</summary>
    public ClickLogEntry Read(int offset, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (offset + HeaderLength > Length) return ClickLogEntry.End;
        var header = Volatile.Read(ref *(ulong*)(_start + offset));
        if (header == 0) return ClickLogEntry.Empty;
        var length = (int)(header >> 32 & 0xFFFF);
        switch (header & MarkMask)
        {
            case EndMark when (uint)header == Checksum(0, Base + offset):
                return ClickLogEntry.End;
            case RecordMark when offset + HeaderLength + length <= Length:
                body = new ReadOnlySpan<byte>(_start + offset + HeaderLength, length);
                return (uint)header == Checksum(Hash(body), Base + offset) ? ClickLogEntry.Record : ClickLogEntry.Torn;
            default:
                return ClickLogEntry.Torn;
        }
    }

    /// <summary>Where the record at an offset ends.</summary>
    public int After(int offset) => Read(offset, out var body) == ClickLogEntry.Record ? offset + SizeOf(body.Length) : offset;

    public static ulong Hash(ReadOnlySpan<byte> body) => XxHash3.HashToUInt64(body);

    /// <summary>Touches every page, so that the first write to it needs no visit to the kernel; nothing if it is being deleted.</summary>
    public void Warm() => WhileMapped(() =>
    {
        for (var offset = 0; offset < Length; offset += Environment.SystemPageSize) Volatile.Read(ref _start[offset]);
    });

    /// <summary>Syncs it to the disk; nothing if it is being deleted.</summary>
    public void Sync()
    {
        try
        {
            WhileMapped(_view.Flush);
        }
        catch (IOException e)
        {
            throw new StoreUnavailableException($"The click log {FilePath} cannot be synced: {e.Message}", e);
        }
    }

    /// <summary>Only when nobody can write to it any more.</summary>
    public void Delete()
    {
        Dispose();
        File.Delete(FilePath);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>For the upkeep, which may still be at a segment when the worker is done with it: keeps the mapping until the work is done.</summary>
    private void WhileMapped(Action work)
    {
        var held = false;
        var handle = _view.SafeMemoryMappedViewHandle;
        try
        {
            handle.DangerousAddRef(ref held);
            work();
        }
        catch (ObjectDisposedException)
        {
        }
        finally
        {
            if (held) handle.DangerousRelease();
        }
    }

    private static string PathOf(string directory, long number) => Path.Combine(directory, number.ToString("D12", CultureInfo.InvariantCulture) + Extension);

    private static uint Checksum(ulong hash, long position)
    {
        var mixed = (hash ^ (ulong)position) * 0x9E3779B97F4A7C15;
        return (uint)(mixed >> 32);
    }
}

internal enum ClickLogEntry
{
    Empty,
    Record,
    Torn,
    End,
}
