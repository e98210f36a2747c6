using Microsoft.Extensions.Options;

namespace Terse.Clicks.Log;

/// <summary>
/// The durable log of this node's visits: segments of a fixed size, mapped into memory. What was appended is in the kernel's page cache, so the death of the
/// process takes nothing with it. Appending reserves a place with one compare-and-swap and copies; it takes no lock and no memory.
/// Positions are addresses: they grow, and never come twice, also over restarts. See docs/decisions/0040-click-log.md.
/// </summary>
internal sealed class ClickLog(IOptions<RecordingOptions> options) : IDisposable
{
    private const long NotBegun = -1;
    private const long Closed = -2;

    private readonly SemaphoreSlim _arrived = new(0);
    private ClickLogSegments? _segments;
    private ClickLogUpkeep? _upkeep;
    private ClickLogState? _state;
    private long _tail = NotBegun;
    private int _awaited;

    public bool IsOpen => _state is not null;

    /// <summary>The name of this log, unlike any other's.</summary>
    public string Source => State.Source;

    public long Acknowledged => State.Acknowledged;

    /// <summary>How often the record after <see cref="Acknowledged"/> was delivered.</summary>
    public long Attempts { get => State.Attempts; set => State.Attempts = value; }

    /// <summary>What waits to be worked off: about, and more than there is after a restart.</summary>
    public long PendingBytes => _segments?.PendingBytes(Volatile.Read(ref _tail), Acknowledged) ?? 0;

    private ClickLogState State => _state ?? throw new InvalidOperationException("The click log is not open.");

    private ClickLogSegments Segments => _segments ?? throw new InvalidOperationException("The click log is not open.");

    /// <summary>Takes up what an earlier run left, and begins a segment of its own behind it.</summary>
    public void Open()
    {
        var directory = Path.GetFullPath(options.Value.Directory);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _state = new ClickLogState(directory);
        _segments = new ClickLogSegments(directory, options.Value.LogMebibytes * (1L << 20), _state.Acknowledged);
        Begin();
        _upkeep = new ClickLogUpkeep(() => Volatile.Read(ref _tail), Begin, _segments, _state, options.Value.SyncInterval);
    }

    /// <summary>Appends a record that <see cref="ClickFormat"/> wrote. False when there is no room, and always while the log is not open.</summary>
    public bool TryAppend(ReadOnlySpan<byte> body)
    {
        var hash = ClickLogSegment.Hash(body);
        if (!TryReserve(body.Length, out var place)) return false;
        Write(place, body, hash);
        return true;
    }

    /// <summary>The first half of <see cref="TryAppend"/>: reserves a place, and begins the next segment if this one is full. Other writers may come before the second.</summary>
    public bool TryReserve(int bodyLength, out ClickLogPlace place)
    {
        place = default;
        var size = ClickLogSegment.SizeOf(bodyLength);
        while (true)
        {
            var tail = Volatile.Read(ref _tail);
            if (tail < 0) return false;
            var number = tail >> ClickLogSegment.StrideBits;
            var offset = (int)(tail & ClickLogSegment.OffsetMask);
            if (Segments.Find(number) is not { } segment) continue; // It was used up and released since the tail was read.
            if (offset + size <= segment.Length)
            {
                if (Interlocked.CompareExchange(ref _tail, tail + size, tail) != tail) continue;
                place = new ClickLogPlace(segment, offset);
                return true;
            }

            if (!Segments.TryPrepare(number + 1)) return false;
            if (Interlocked.CompareExchange(ref _tail, number + 1 << ClickLogSegment.StrideBits | ClickLogSegment.FirstOffset, tail) != tail) continue;
            if (offset + ClickLogSegment.HeaderLength <= segment.Length) segment.WriteEnd(offset);
            _upkeep?.Hurry();
        }
    }

    /// <summary>The second half: writes, and wakes who waits for it.</summary>
    public void Write(in ClickLogPlace place, ReadOnlySpan<byte> body, ulong hash)
    {
        place.Segment.Write(place.Offset, body, hash);

        // With the barrier, either we see that someone waits or they see the record.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _awaited) != 0) Wake();
    }

    /// <summary>Whether visits of a kind still find room: clicks last of all.</summary>
    public bool HasRoomFor(ClickKind kind) => Volatile.Read(ref _segments) is { } segments && segments.Fill < kind switch
    {
        ClickKind.NotFound => 0.8,
        ClickKind.Ended => 0.9,
        _ => double.MaxValue,
    };

    /// <summary>The records after a position, in order, as far as they are written. One reader at a time.</summary>
    public IReadOnlyList<QueuedClick> Read(long after, int max, int maxBytes = int.MaxValue) => Segments.Read(after, Volatile.Read(ref _tail), max, maxBytes);

    /// <summary>Returns when there is something after a position, or when <paramref name="limit"/> has passed. One caller at a time.</summary>
    public async ValueTask WaitAsync(long after, TimeSpan limit, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _awaited, 1);
        if (Read(after, 1).Count == 0) await _arrived.WaitAsync(limit, cancellationToken);
        Volatile.Write(ref _awaited, 0);
    }

    /// <summary>Ends a <see cref="WaitAsync"/>, as a new record does.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _awaited, 0) != 0) _arrived.Release();
    }

    /// <summary>Forgets what lies up to a position. Segments that lie before it are deleted.</summary>
    public void Acknowledge(long position)
    {
        State.Acknowledged = position;
        State.Attempts = 0;
        Segments.Release(position >> ClickLogSegment.StrideBits);
    }

    /// <summary>Syncs and closes; appending is false from now on. What a request may still be using goes with the collector.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _tail, Closed);
        _upkeep?.Dispose();
    }

    /// <summary>Begins the first segment, unless the disk has no room for it: then the upkeep tries again.</summary>
    private void Begin()
    {
        if (Volatile.Read(ref _tail) == NotBegun && Segments.TryPrepare(Segments.First))
            Interlocked.CompareExchange(ref _tail, Segments.First << ClickLogSegment.StrideBits | ClickLogSegment.FirstOffset, NotBegun);
    }
}

/// <summary>Where a record is to be written.</summary>
internal readonly record struct ClickLogPlace(ClickLogSegment Segment, int Offset);
