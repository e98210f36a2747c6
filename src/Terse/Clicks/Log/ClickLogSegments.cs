namespace Terse.Clicks.Log;

/// <summary>The segments of a log: those that earlier runs left, and those of this run, of which some are ready before they are needed.</summary>
internal sealed class ClickLogSegments
{
    private const int MostLength = 4 << 20;
    private const int LeastLength = 128 << 10;

    /// <summary>How many are ready beyond the one in use.</summary>
    public const int Ahead = 2;

    /// <summary>A power loss may take files of the last seconds with it, whose positions the store has counted: a run begins far beyond them.</summary>
    private const long SkippedNumbers = 1024;

    private readonly string _directory;
    private readonly long _limit;
    private readonly int _length;
    private readonly ClickLogSegment?[] _live;
    private readonly List<ClickLogSegment> _old = [];
    private readonly Lock _changing = new();
    private long _bytes;
    private long _oldest;
    private volatile bool _full;

    public ClickLogSegments(string directory, long limit, long acknowledged)
    {
        (_directory, _limit) = (directory, limit);
        _length = (int)Math.Clamp(limit / 8, LeastLength, MostLength) & ~0xFFF;
        _live = new ClickLogSegment?[limit / _length + Ahead + 2];
        var released = acknowledged >> ClickLogSegment.StrideBits;
        var last = released;
        foreach (var (path, number) in ClickLogSegment.List(directory))
        {
            last = Math.Max(last, number);
            if (number < released) File.Delete(path);
            else if (ClickLogSegment.Recover(path, number) is { } segment) _old.Add(segment);
        }
        _bytes = _old.Sum(segment => (long)segment.Length);
        _oldest = First = last + SkippedNumbers;
    }

    /// <summary>The number of this run's first segment.</summary>
    public long First { get; }

    /// <summary>How much of the bound is in use, from 0 to 1; what is ready beyond the segment in use counts.</summary>
    public double Fill => (double)Volatile.Read(ref _bytes) / _limit;

    public ClickLogSegment? Find(long number)
    {
        var segment = Volatile.Read(ref _live[(number - First) % _live.Length]);
        return segment?.Number == number ? segment : null;
    }

    /// <summary>Has a segment of this run ready; false when the log is full, or the disk is. Callers wait for each other as long as making a file takes.</summary>
    public bool TryPrepare(long number)
    {
        if (Find(number) is not null) return true;
        if (_full) return false;
        lock (_changing)
        {
            if (Find(number) is not null) return true;
            if (_bytes + _length > _limit)
            {
                _full = true;
                return false;
            }
            try
            {
                Volatile.Write(ref _live[(number - First) % _live.Length], ClickLogSegment.Create(_directory, number, _length));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _full = true;
                return false;
            }
            Volatile.Write(ref _bytes, _bytes + _length);
            return true;
        }
    }

    /// <summary>Lets <see cref="TryPrepare"/> try again after a disk that was full.</summary>
    public void TryAgain() => _full = false;

    public IReadOnlyList<QueuedClick> Read(long after, long tail, int max, int maxBytes)
    {
        var found = new List<QueuedClick>();
        var bytes = 0;
        foreach (var segment in From(after >> ClickLogSegment.StrideBits, tail))
        {
            var offset = segment.Number == after >> ClickLogSegment.StrideBits ? (int)(after & ClickLogSegment.OffsetMask) : ClickLogSegment.FirstOffset;
            while (true)
            {
                var entry = segment.Read(offset, out var body);
                if (entry == ClickLogEntry.End) break;
                if (entry == ClickLogEntry.Record)
                {
                    if (segment.Base + offset > after)
                    {
                        bytes += body.Length;
                        if (found.Count == max || (bytes > maxBytes && found.Count > 0)) return found;
                        found.Add(new QueuedClick(segment.Base + offset, body.ToArray()));
                    }
                    offset += ClickLogSegment.SizeOf(body.Length);
                    continue;
                }

                // Where a run still writes, what comes next is not there yet. Where one has died, it never will be, but others may stand behind it.
                if (entry == ClickLogEntry.Empty && !segment.IsSealed) return found;
                offset += ClickLogSegment.HeaderLength;
            }
        }
        return found;
    }

    /// <summary>Deletes the segments before a number. Whoever read behind them knows that all their records are written, and so that nobody writes to them.</summary>
    public void Release(long before)
    {
        lock (_changing)
        {
            foreach (var segment in _old.TakeWhile(segment => segment.Number < before).ToArray())
            {
                _bytes -= segment.Length;
                _old.Remove(segment);
                segment.Delete();
            }
            for (; _oldest < before; _oldest++)
            {
                if (Find(_oldest) is not { } segment) continue;
                Volatile.Write(ref _live[(_oldest - First) % _live.Length], null);
                _bytes -= segment.Length;
                segment.Delete();
            }
            _full = false;
        }
    }

    /// <summary>Syncs the segments of this run from a number on.</summary>
    public void Sync(long from)
    {
        for (var number = Math.Max(from, First); Find(number) is { } segment; number++) segment.Sync();
    }

    public long PendingBytes(long tail, long acknowledged)
    {
        lock (_changing)
        {
            var (first, last) = (acknowledged >> ClickLogSegment.StrideBits, tail >> ClickLogSegment.StrideBits);
            return From(first, tail).Sum(segment =>
            {
                var begin = segment.Number == first ? segment.After((int)(acknowledged & ClickLogSegment.OffsetMask)) : ClickLogSegment.FirstOffset;
                var end = segment.Number == last ? tail & ClickLogSegment.OffsetMask : segment.Length;
                return Math.Max(0, end - begin);
            });
        }
    }

    private IEnumerable<ClickLogSegment> From(long number, long tail)
    {
        ClickLogSegment[] old;
        lock (_changing) old = [.. _old.Where(segment => segment.Number >= number)];
        foreach (var segment in old) yield return segment;
        for (number = Math.Max(number, First); number <= tail >> ClickLogSegment.StrideBits; number++)
            if (Find(number) is { } segment) yield return segment;
    }
}
