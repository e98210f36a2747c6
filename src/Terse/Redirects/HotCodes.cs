namespace Terse.Redirects;

/// <summary>
/// The codes that get the most redirects on this node, over a window that slides in steps: a ring of <see cref="SpaceSaving"/> slices.
/// The caller records a sample, one redirect in <see cref="Sampling"/>; a recorder that finds another at work skips its sample, so that
/// nobody ever waits.
/// </summary>
internal sealed class HotCodes(TimeProvider time)
{
    /// <summary>One redirect in so many is recorded. A power of two.</summary>
    public const int Sampling = 16;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private const int Slices = 6;
    private const int CodesPerSlice = 128;

    private readonly Lock _lock = new();
    private readonly SpaceSaving[] _slices = [.. Enumerable.Range(0, Slices).Select(_ => new SpaceSaving(CodesPerSlice))];
    private readonly long _sliceTicks = time.TimestampFrequency * (long)Window.TotalSeconds / Slices;
    private long _slice = -1;

    public void Record(string code, long now)
    {
        if (!_lock.TryEnter()) return;
        try
        {
            SlideTo(now / _sliceTicks);
            _slices[_slice % Slices].Record(code);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>The hottest codes of the last minute, hottest first, with redirects per second.</summary>
    public IReadOnlyList<HotCode> Top(int count)
    {
        lock (_lock)
        {
            SlideTo(time.GetTimestamp() / _sliceTicks);
            return
            [
                .. _slices.SelectMany(slice => slice.Counts)
                    .GroupBy(counted => counted.Key, counted => counted.Value, StringComparer.Ordinal)
                    .Select(code => new HotCode(code.Key, code.Sum() * Sampling / Window.TotalSeconds))
                    .OrderByDescending(code => code.PerSecond)
                    .ThenBy(code => code.Code, StringComparer.Ordinal)
                    .Take(count),
            ];
        }
    }

    private void SlideTo(long slice)
    {
        for (var steps = Math.Min(slice - _slice, Slices); steps > 0; steps--) _slices[(slice - steps + 1) % Slices].Clear();
        _slice = Math.Max(slice, _slice);
    }
}

/// <param name="Code">The short code.</param>
/// <param name="PerSecond">Redirects per second on this node, averaged over the window: an estimate from a sample.</param>
internal readonly record struct HotCode(string Code, double PerSecond);
