using Terse.Links;

namespace Terse.Clicks.Log;

/// <summary>
/// A thread of its own that has the next segments ready and syncs what was written, so that neither waits for a busy thread pool.
/// </summary>
internal sealed class ClickLogUpkeep : IDisposable
{
    private readonly AutoResetEvent _due = new(false);
    private readonly Thread _thread;
    private volatile bool _ending;

    public ClickLogUpkeep(Func<long> tail, Action begin, ClickLogSegments segments, ClickLogState state, TimeSpan interval)
    {
        _thread = new Thread(() =>
        {
            var synced = segments.First;
            var warm = segments.First - 1;
            do
            {
                begin();
                var last = Math.Max(tail() >> ClickLogSegment.StrideBits, synced);
                for (var number = last; number <= last + ClickLogSegments.Ahead && !_ending && segments.TryPrepare(number); number++)
                {
                    if (number <= warm) continue;
                    segments.Find(number)?.Warm();
                    warm = number;
                }
                try
                {
                    segments.Sync(synced);
                    state.Sync();
                    synced = last;
                }
                catch (StoreUnavailableException)
                {
                    // The next round tries again; until then a power loss costs more.
                }
                if (_ending) return;
                if (!_due.WaitOne(interval)) segments.TryAgain();
            }
            while (true);
        })
        { IsBackground = true, Name = "click log" };
        _thread.Start();
    }

    /// <summary>The next segment is in use: have another ready.</summary>
    public void Hurry() => _due.Set();

    /// <summary>Returns when all is synced. The event is left to the collector: a redirect may be about to set it.</summary>
    public void Dispose()
    {
        _ending = true;
        _due.Set();
        _thread.Join();
    }
}
