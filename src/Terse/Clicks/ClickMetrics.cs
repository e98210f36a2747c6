using System.Diagnostics.Metrics;

namespace Terse.Clicks;

/// <summary>What the way of clicks tells of itself.</summary>
internal sealed class ClickMetrics
{
    public const string MeterName = "Terse.Clicks";

    private readonly long[] _shed = new long[3];
    private readonly Counter<long> _written;
    private readonly Counter<long> _deadLetters;
    private readonly Histogram<double> _batches;
    private long _lag;
    private long _queued;
    private long _setAside;

    public ClickMetrics(IMeterFactory meters, Log.ClickLog log)
    {
        var meter = Meter = meters.Create(MeterName);
        meter.CreateObservableCounter("terse.clicks.shed", ObserveShed, "{click}", "Visits that the click log had no room for, by kind.");
        meter.CreateObservableGauge("terse.clicks.log", () => log.PendingBytes, "By", "What waits in this node's click log, about.");
        meter.CreateObservableGauge("terse.clicks.queue", () => Volatile.Read(ref _queued), "By", "What waits for a worker, as last seen by this one.");
        meter.CreateObservableGauge("terse.clicks.dead_letters", () => Volatile.Read(ref _setAside), "{click}", "Dead letters there are, as last seen by this worker.");
        meter.CreateObservableGauge("terse.clicks.lag", () => Volatile.Read(ref _lag) / 1000.0, "s", "How old the oldest click of the last batch was when it was written.");
        _written = meter.CreateCounter<long>("terse.clicks.written", "{click}", "Visits counted.");
        _deadLetters = meter.CreateCounter<long>("terse.clicks.set_aside", "{click}", "Visits set aside as dead letters.");
        _batches = meter.CreateHistogram<double>("terse.clicks.write.duration", "s", "Time to enrich and write a batch.");
    }

    public Meter Meter { get; }

    /// <summary>How old the oldest click of the last batch was when it was written.</summary>
    public TimeSpan Lag => TimeSpan.FromMilliseconds(Volatile.Read(ref _lag));

    public void CountShed(ClickKind kind) => Interlocked.Increment(ref _shed[(int)kind]);

    public long Shed(ClickKind kind) => Volatile.Read(ref _shed[(int)kind]);

    public void CountWritten(int clicks, TimeSpan lag, TimeSpan duration)
    {
        _written.Add(clicks);
        _batches.Record(duration.TotalSeconds);
        Volatile.Write(ref _lag, (long)lag.TotalMilliseconds);
    }

    public void CountSetAside() => _deadLetters.Add(1);

    public void Saw(ClickQueueDepth depth)
    {
        Volatile.Write(ref _queued, depth.Bytes);
        Volatile.Write(ref _setAside, depth.DeadLetters);
    }

    private IEnumerable<Measurement<long>> ObserveShed() =>
    [
        new(Shed(ClickKind.Redirected), new KeyValuePair<string, object?>("kind", "redirected")),
        new(Shed(ClickKind.NotFound), new KeyValuePair<string, object?>("kind", "not_found")),
        new(Shed(ClickKind.Ended), new KeyValuePair<string, object?>("kind", "ended")),
    ];
}
