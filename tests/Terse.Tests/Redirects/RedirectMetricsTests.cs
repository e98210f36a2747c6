using System.Diagnostics.Metrics;
using Terse.Redirects;

namespace Terse.Tests.Redirects;

public sealed class RedirectMetricsTests
{
    [Fact]
    public async Task Redirects_are_counted_by_outcome()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc");
        server.Put("off", with: link => link with { Disabled = true });
        foreach (var path in new[] { "/abc", "/abc", "/abc", "/off", "/nothing", "/nothing", "/abc+", "/API" }) (await server.GetAsync(path)).Dispose();

        var measured = Measure(server.Metrics);
        Assert.Equal(3, measured["terse.redirects redirected"]);
        Assert.Equal(1, measured["terse.redirects ended"]);
        Assert.Equal(2, measured["terse.redirects not_found"]);
        Assert.Equal(1, measured["terse.redirects previewed"]);
        Assert.Equal(0, measured["terse.redirects unavailable"]);
        Assert.Equal(3, measured["terse.l1.misses"]);
        Assert.Equal(1, measured["terse.l1.negative_hits"]);
        Assert.Equal(3, measured["terse.redirects.flights"]);
        Assert.Equal(3, measured["terse.l1.entries"]);
        Assert.True(measured["terse.l1.bytes"] > 0);
    }

    private static Dictionary<string, long> Measure(RedirectMetrics metrics)
    {
        var measured = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, metrics.Meter)) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            measured[$"{instrument.Name} {(tags.Length == 0 ? "" : tags[0].Value)}".TrimEnd()] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }
}
