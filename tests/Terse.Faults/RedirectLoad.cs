using System.Collections.Concurrent;
using System.Diagnostics;

namespace Terse.Faults;

/// <summary>
/// A steady open-loop load of redirects: a request leaves at its time whatever became of those before it. Every answer is judged against what the
/// link is known to lead to.
/// </summary>
internal sealed class RedirectLoad(Visitor visitor, IReadOnlyList<KeyValuePair<string, string>> links, double perSecond) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<long> _rightAt = new();
    private readonly ConcurrentQueue<double> _latencies = new();
    private readonly long[] _visits = new long[Enum.GetValues<Visit>().Length];
    private long _sent;
    private Task _sending = Task.CompletedTask;

    /// <summary>Requests so far that did not get their redirect.</summary>
    public long Missed => Count(Visit.Wrong) + Count(Visit.KnownDown) + Count(Visit.Failed);

    public void Start() => _sending = Task.Run(SendAsync);

    public async Task<RedirectOutcome> FinishAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        var right = _rightAt.Order().ToArray();
        var gap = right.Zip(right.Skip(1), (before, after) => after - before).DefaultIfEmpty(0).Max();
        var latencies = _latencies.Order().ToArray();
        return new RedirectOutcome(
            _sent, Count(Visit.Wrong), Count(Visit.KnownDown), Count(Visit.Failed), TimeSpan.FromSeconds((double)gap / Stopwatch.Frequency),
            latencies.Length == 0 ? 0 : latencies[(int)(latencies.Length * 0.99)]);
    }

    private async Task SendAsync()
    {
        var flights = new List<Task>();
        var start = Stopwatch.GetTimestamp();
        var random = new Random(7);
        for (var i = 0L; !_stop.IsCancellationRequested; i++)
        {
            var intended = start + (long)(i / perSecond * Stopwatch.Frequency);
            var early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), intended);
            if (early > TimeSpan.Zero) await Task.Delay(early, TimeProvider.System);
            _sent++;
            flights.Add(FollowAsync(links[random.Next(links.Count)], intended));
            if (flights.Count > 10_000) flights.RemoveAll(flight => flight.IsCompleted);
        }
        await Task.WhenAll(flights);
    }

    private async Task FollowAsync(KeyValuePair<string, string> link, long intended)
    {
        var visit = await visitor.FollowAsync(link.Key, link.Value.Equals);
        Interlocked.Increment(ref _visits[(int)visit]);
        if (visit != Visit.Right) return;
        var now = Stopwatch.GetTimestamp();
        _rightAt.Enqueue(now);
        _latencies.Enqueue(Stopwatch.GetElapsedTime(intended, now).TotalMilliseconds);
    }

    private long Count(Visit visit) => Interlocked.Read(ref _visits[(int)visit]);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        _stop.Dispose();
    }
}

/// <param name="Sent">Requests whose time had come.</param>
/// <param name="Wrong">Led elsewhere, or denied a link that is there.</param>
/// <param name="KnownDown">503 with Retry-After: an honest "not now".</param>
/// <param name="Failed">Anything else: no answer, a broken connection, another 5xx.</param>
/// <param name="LongestGap">The longest time between two right answers.</param>
/// <param name="P99">Milliseconds, from the intended send time, of the right ones.</param>
internal sealed record RedirectOutcome(long Sent, long Wrong, long KnownDown, long Failed, TimeSpan LongestGap, double P99);
