using System.Diagnostics.Metrics;
using Terse.Redirects;

namespace Terse.Admin.Operations;

/// <summary>
/// Looks at this node's redirect path once a second and keeps the last five minutes, so that the page of operations has a past when it is
/// opened. On a node without redirects it is silent.
/// </summary>
internal sealed class RedirectGauge(TimeProvider time, RedirectMetrics? metrics = null) : BackgroundService
{
    public const int Kept = 300;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<RedirectSample> _samples = new();
    private readonly DurationBuckets _durations = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<RedirectSample> Samples
    {
        get
        {
            lock (_lock) return [.. _samples];
        }
    }

    /// <summary>The sample that comes next; null when the program stops first.</summary>
    public async Task<RedirectSample?> NextAsync(CancellationToken stopping, CancellationToken cancellationToken)
    {
        var next = Volatile.Read(ref _next).Task;
        var stopped = new TaskCompletionSource();
        await using var registered = stopping.Register(stopped.SetResult);
        if (await Task.WhenAny(next, stopped.Task).WaitAsync(cancellationToken) != next) return null;
        lock (_lock) return _samples.Count > 0 ? _samples.Last() : null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (metrics is null) return;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == metrics.Meter && instrument.Name == "terse.redirects.duration") self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _durations.Record(seconds));
        listener.Start();

        using var timer = new PeriodicTimer(Step, time);
        var before = Read();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = Read();
                Add(before, now);
                before = now;
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    private (long Redirects, long NotFound, long Ended, long Misses, long At) Read() => (
        metrics!.Read(RedirectCount.Redirected), metrics.Read(RedirectCount.NotFound), metrics.Read(RedirectCount.Ended),
        metrics.Read(RedirectCount.L1Misses), time.GetTimestamp());

    private void Add((long Redirects, long NotFound, long Ended, long Misses, long At) before, (long Redirects, long NotFound, long Ended, long Misses, long At) now)
    {
        var seconds = Math.Max(0.001, time.GetElapsedTime(before.At, now.At).TotalSeconds);
        var (p50, p99) = _durations.TakeQuantiles();
        var all = now.Redirects + now.NotFound + now.Ended - before.Redirects - before.NotFound - before.Ended;
        var sample = new RedirectSample(
            time.GetUtcNow().ToUnixTimeSeconds(), (now.Redirects - before.Redirects) / seconds, (now.NotFound - before.NotFound) / seconds, (now.Ended - before.Ended) / seconds,
            all == 0 ? null : Math.Clamp(1 - (double)(now.Misses - before.Misses) / all, 0, 1), p50, p99);
        lock (_lock)
        {
            _samples.Enqueue(sample);
            if (_samples.Count > Kept) _samples.Dequeue();
        }
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}

/// <param name="At">Unix seconds.</param>
/// <param name="HitRate">The share that L1 answered, or null when nobody asked.</param>
/// <param name="P50">Seconds to decide an answer, of a sample, over the last ten seconds; null without any.</param>
internal sealed record RedirectSample(long At, double Redirects, double NotFound, double Ended, double? HitRate, double? P50, double? P99);

/// <summary>Durations in buckets that grow by a tenth, of the last ten seconds: enough for a quantile to within 5 %.</summary>
internal sealed class DurationBuckets
{
    private const int Seconds = 10;
    private const int Buckets = 220;
    private const double Least = 1e-8;
    private static readonly double Step = Math.Log(1.1);

    private readonly long[][] _slices = [.. Enumerable.Range(0, Seconds).Select(_ => new long[Buckets])];
    private int _now;

    public void Record(double seconds) =>
        Interlocked.Increment(ref _slices[Volatile.Read(ref _now)][Math.Clamp((int)(Math.Log(Math.Max(seconds, Least) / Least) / Step), 0, Buckets - 1)]);

    /// <summary>The quantiles, and on to the next second.</summary>
    public (double? P50, double? P99) TakeQuantiles()
    {
        var sums = new long[Buckets];
        foreach (var slice in _slices)
            for (var i = 0; i < Buckets; i++) sums[i] += Volatile.Read(ref slice[i]);
        var next = (_now + 1) % Seconds;
        Array.Clear(_slices[next]);
        Volatile.Write(ref _now, next);
        var total = sums.Sum();
        return total == 0 ? (null, null) : (Quantile(0.5), Quantile(0.99));

        double Quantile(double share)
        {
            var (rank, seen) = ((long)Math.Ceiling(total * share), 0L);
            for (var i = 0; i < Buckets; i++)
                if ((seen += sums[i]) >= rank) return Least * Math.Exp((i + 0.5) * Step);
            return Least * Math.Exp(Buckets * Step);
        }
    }
}
