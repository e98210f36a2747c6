using System.Diagnostics.Metrics;

namespace Terse.RateLimiting;

/// <summary>What the limits of the API tell of themselves.</summary>
internal sealed class RateLimitMetrics
{
    public const string MeterName = "Terse.RateLimits";

    private readonly Counter<long> _refused;
    private readonly Counter<long> _failed;

    public RateLimitMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _refused = meter.CreateCounter<long>("terse.rate_limits.refused", "{request}", "Requests answered 429, by limit.");
        _failed = meter.CreateCounter<long>("terse.rate_limits.failed", "{request}", "Requests whose limit could not be asked.");
    }

    public void Refused(string limit) => _refused.Add(1, new KeyValuePair<string, object?>("limit", limit));

    public void Failed() => _failed.Add(1);
}
