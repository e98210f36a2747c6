using System.Diagnostics;
using Microsoft.Extensions.Options;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Clicks;

public sealed class ClickWorkerTests
{
    [Fact]
    public async Task Worker_goes_on_without_a_pause_while_more_waits()
    {
        var data = Directory.CreateTempSubdirectory("terse-test-").FullName;
        using (var log = new ClickLog(Options.Create(new RecordingOptions { Directory = Path.Combine(data, "clicks"), LogMebibytes = 1 })))
        {
            log.Open();
            for (var i = 0; i < 7; i++) Assert.True(log.TryAppend(ARecord.Body("abc")));
        }

        // The clock stands still: a worker that paused between deliveries would count the first two.
        await using (var terse = await TerseInstance.StartAsync(new() { ["Terse:Clicks:BatchSize"] = "2", ["Terse:Clicks:Linger"] = "00:01:00" }, data))
        {
            var started = Stopwatch.GetTimestamp();
            while (await CountAsync(terse) < 7) Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), "The worker stands still while clicks wait.");
        }
        Directory.Delete(data, recursive: true);
    }

    private static async Task<long> CountAsync(TerseInstance terse)
    {
        using var answer = await terse.Admin.GetAsync("/api/v1/stats?from=2026-01-01&to=2026-12-31", TestContext.Current.CancellationToken);
        return (await answer.JsonAsync()).GetProperty("totals").GetProperty("clicks").GetInt64();
    }
}
