using System.Diagnostics.Metrics;

namespace Terse.Adapters.Redis;

/// <summary>What the backplane and the writing side of L2 tell of themselves.</summary>
internal sealed class BackplaneMetrics
{
    public const string MeterName = "Terse.Backplane";

    private readonly Counter<long> _sent;
    private readonly Counter<long> _received;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _putFailures;
    private readonly Histogram<double> _lag;

    public BackplaneMetrics(IMeterFactory meters)
    {
        var meter = Meter = meters.Create(MeterName);
        _sent = meter.CreateCounter<long>("terse.backplane.sent", "{message}", "Changes that this node told the others.");
        _received = meter.CreateCounter<long>("terse.backplane.received", "{message}", "Changes that other nodes told this one.");
        _dropped = meter.CreateCounter<long>("terse.backplane.dropped", "{message}", "Changes that could not be told: Redis was away for too long.");
        _gaps = meter.CreateCounter<long>("terse.backplane.gaps", "{gap}", "Times that messages may have been missed, so that L1 was taken to be suspect.");
        _putFailures = meter.CreateCounter<long>("terse.l2.put_failures", "{write}", "Links that were not put into L2 because Redis did not take them.");
        _lag = meter.CreateHistogram<double>(
            "terse.backplane.lag", "s", "From the sending of a message to its arrival, by the clocks of the two nodes.",
            advice: new() { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] });
    }

    public Meter Meter { get; }

    public void Sent() => _sent.Add(1);

    public void Received(TimeSpan lag)
    {
        _received.Add(1);
        Lag(lag);
    }

    public void Lag(TimeSpan lag) => _lag.Record(Math.Max(0, lag.TotalSeconds));

    public void Dropped() => _dropped.Add(1);

    public void Gap() => _gaps.Add(1);

    public void PutFailed() => _putFailures.Add(1);
}
