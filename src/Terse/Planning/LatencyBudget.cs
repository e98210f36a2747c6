namespace Terse.Planning;

/// <summary>
/// Where the milliseconds go at the 99th percentile. The wait at a node is that of a queue with one server and random arrivals (M/M/1, whose
/// time in system is exponential with mean service / (1 - utilisation)): an upper bound for a node of several cores. What is left is the
/// network's, and light in fibre makes a distance of it.
/// </summary>
/// <param name="ServerMilliseconds">Waiting and computing at a redirect node kept at its target utilisation.</param>
/// <param name="StoreMilliseconds">A read behind L1, when more than one redirect in a hundred needs it; otherwise 0.</param>
/// <param name="NetworkMilliseconds">What the target leaves for the way there and back; 0 or less: it cannot be met at all.</param>
/// <param name="ReachKilometres">How far away a user with an open connection may be (1 round trip).</param>
/// <param name="FirstVisitReachKilometres">How far away a user without one may be (3 round trips: TCP, TLS 1.3, the request).</param>
internal sealed record LatencyBudget(
    double TargetMilliseconds, double ServerMilliseconds, double StoreMilliseconds, double NetworkMilliseconds, double ReachKilometres, double FirstVisitReachKilometres)
{
    private const double Percentile = 0.99;
    private const int FirstVisitRoundTrips = 3;

    public static LatencyBudget Of(double targetMilliseconds, double cpuMicroseconds, double hitRate, bool storeIsRemote)
    {
        var server = cpuMicroseconds / 1000 * Math.Log(1 / (1 - Percentile)) / (1 - Assumptions.TargetUtilisation);
        var store = storeIsRemote && hitRate < Percentile ? Assumptions.RoundTripMilliseconds : 0;
        var network = targetMilliseconds - server - store;
        var reach = Math.Max(0, network) * Assumptions.FibreKilometresPerMillisecond;
        return new(targetMilliseconds, server, store, network, reach, reach / FirstVisitRoundTrips);
    }
}
