using System.Diagnostics.Metrics;

namespace Terse.Redirects;

/// <summary>
/// What the redirect path tells of itself. Counters are observed, not pushed: a redirect raises a number of its own core, and the exporter
/// reads the sums. Latency is recorded for one request in <see cref="DurationSampling"/>, chosen by the caller.
/// </summary>
internal sealed class RedirectMetrics
{
    public const string MeterName = "Terse.Redirects";

    /// <summary>One request in so many has its duration recorded. A power of two.</summary>
    public const int DurationSampling = 16;

    private readonly Tally _tally = new();
    private readonly Histogram<double> _duration;

    public RedirectMetrics(IMeterFactory meters, LinkCache cache, HotCodes hot, Gates gates)
    {
        var meter = Meter = meters.Create(MeterName);
        meter.CreateObservableCounter("terse.redirects", ObserveOutcomes, "{redirect}", "Requests for a code, by outcome.");
        Observe("terse.l1.misses", RedirectCount.L1Misses, "{request}", "Requests that L1 could not answer.");
        Observe("terse.l1.negative_hits", RedirectCount.NegativeHits, "{request}", "404s answered by a negative entry.");
        Observe("terse.l1.stale_served", RedirectCount.StaleServed, "{request}", "Answers past their TTL while the store was down.");
        Observe("terse.redirects.refused", RedirectCount.Refused, "{request}", "404s by arithmetic: codes that were never issued.");
        Observe("terse.redirects.flights", RedirectCount.Flights, "{flight}", "Reads of a code from behind L1.");
        Observe("terse.redirects.coalesced", RedirectCount.Coalesced, "{request}", "Requests that awaited another's flight.");
        Observe("terse.l2.hits", RedirectCount.L2Hits, "{read}", "Reads that L2 answered.");
        Observe("terse.l2.misses", RedirectCount.L2Misses, "{read}", "Reads that L2 had no answer to.");
        Observe("terse.l2.failures", RedirectCount.L2Failures, "{read}", "Reads of L2 that failed or took too long; the store was read instead.");
        meter.CreateObservableGauge("terse.breaker.open", () => ObserveBreakers(gates), "{breaker}", "1 while a dependency is taken to be down and is left alone.");
        meter.CreateObservableGauge("terse.l1.bytes", () => cache.Bytes, "By", "What L1 holds.");
        meter.CreateObservableGauge("terse.l1.entries", () => cache.Count, "{entry}", "Entries in L1, negative ones included.");
        meter.CreateObservableGauge("terse.redirects.hottest", () => hot.Top(1) is [var hottest] ? hottest.PerSecond : 0, "{redirect}/s", "Redirects per second of the hottest code.");
        _duration = meter.CreateHistogram<double>(
            "terse.redirects.duration", "s", $"Time to decide an answer, of one request in {DurationSampling}.",
            advice: new() { HistogramBucketBoundaries = [0.000_001, 0.000_002, 0.000_005, 0.000_01, 0.000_05, 0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] });

        void Observe(string name, RedirectCount count, string unit, string description) =>
            meter.CreateObservableCounter(name, () => Read(count), unit, description);
    }

    public Meter Meter { get; }

    public void Count(RedirectCount count) => _tally.Add(count);

    public long Read(RedirectCount count) => _tally.Read(count);

    public void RecordDuration(TimeSpan duration) => _duration.Record(duration.TotalSeconds);

    private IEnumerable<Measurement<long>> ObserveOutcomes() =>
    [
        Outcome(RedirectCount.Redirected, "redirected"),
        Outcome(RedirectCount.NotFound, "not_found"),
        Outcome(RedirectCount.Ended, "ended"),
        Outcome(RedirectCount.Unavailable, "unavailable"),
        Outcome(RedirectCount.Limited, "limited"),
        Outcome(RedirectCount.Previewed, "previewed"),
        Outcome(RedirectCount.Guarded, "guarded"),
    ];

    private static Measurement<int>[] ObserveBreakers(Gates gates) =>
    [
        new(gates.L2.IsShut ? 1 : 0, new KeyValuePair<string, object?>("dependency", "l2")),
        new(gates.Store.IsShut ? 1 : 0, new KeyValuePair<string, object?>("dependency", "store")),
    ];

    private Measurement<long> Outcome(RedirectCount count, string name) => new(Read(count), new KeyValuePair<string, object?>("outcome", name));
}
