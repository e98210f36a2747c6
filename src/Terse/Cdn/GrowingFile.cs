namespace Terse.Cdn;

/// <summary>
/// A log file that is still written to: its end is waited at, until another file stands in its place (it was rotated) or it got shorter. Then the stream ends,
/// and the file of that name is opened anew.
/// </summary>
internal sealed class GrowingFile(string path, TimeProvider time) : Stream
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly FileStream _file = Open(path);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (await _file.ReadAsync(buffer, cancellationToken) is > 0 and var read) return read;
            if (_file.Length < _file.Position) return 0;

            // Looked at before the last read: what was written before the rotation is read before the end is told.
            var isReplaced = IsReplaced();
            if (await _file.ReadAsync(buffer, cancellationToken) is > 0 and var late) return late;
            if (isReplaced) return 0;
            await Task.Delay(LookInterval, time, cancellationToken);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Whether the name leads to a file that begins otherwise, or is shorter. One that is not there yet is waited for.</summary>
    private bool IsReplaced()
    {
        try
        {
            using var there = Open(path);
            if (there.Length == 0) return false;
            if (there.Length < _file.Position) return true;
            Span<byte> now = stackalloc byte[256];
            Span<byte> before = stackalloc byte[256];
            var length = (int)Math.Min(now.Length, _file.Length);
            return RandomAccess.Read(there.SafeFileHandle, now[..length], 0) != RandomAccess.Read(_file.SafeFileHandle, before[..length], 0) || !now.SequenceEqual(before);
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
