using System.Diagnostics.Metrics;

namespace Terse.Cdn;

/// <summary>What goes to edge caches and comes from them.</summary>
internal sealed class CdnMetrics
{
    public const string MeterName = "Terse.Cdn";

    private readonly Counter<long> _purged;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _visits;
    private readonly Histogram<double> _lag;

    public CdnMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _purged = meter.CreateCounter<long>("terse.cdn.purged", "{link}", "Changes of links that an edge cache was told of.");
        _failed = meter.CreateCounter<long>("terse.cdn.failures", "{request}", "Purges that an edge cache did not take; they are tried again.");
        _dropped = meter.CreateCounter<long>("terse.cdn.dropped", "{link}", "Changes that an edge cache was never told of: it let go of the link by itself.");
        _visits = meter.CreateCounter<long>("terse.cdn.visits", "{click}", "Visits that an edge cache answered, counted from its log.");
        _lag = meter.CreateHistogram<double>(
            "terse.cdn.lag", "s", "From a change to the moment that an edge cache had taken it.",
            advice: new() { HistogramBucketBoundaries = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300] });
    }

    public void Purged(TimeSpan lag)
    {
        _purged.Add(1);
        _lag.Record(lag.TotalSeconds);
    }

    public void Failed() => _failed.Add(1);

    public void Dropped(int links)
    {
        if (links > 0) _dropped.Add(links);
    }

    public void Visited(int visits) => _visits.Add(visits);
}
