namespace Terse.Redirects;

/// <summary>
/// Counters that many cores raise at once without sharing a cache line: each core has its own row, and a reader sums the rows.
/// </summary>
internal sealed class Tally
{
    // 32 counters of 8 bytes: four cache lines, as adjacent-line prefetch works in pairs.
    private const int RowLength = 32;

    private readonly long[] _cells = new long[(Environment.ProcessorCount + 1) * RowLength];

    public void Add(RedirectCount count)
    {
        var row = 1 + Thread.GetCurrentProcessorId() % Environment.ProcessorCount;
        Interlocked.Increment(ref _cells[row * RowLength + (int)count]);
    }

    public long Read(RedirectCount count)
    {
        var sum = 0L;
        for (var cell = RowLength + (int)count; cell < _cells.Length; cell += RowLength) sum += Volatile.Read(ref _cells[cell]);
        return sum;
    }
}
