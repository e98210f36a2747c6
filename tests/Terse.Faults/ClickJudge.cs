using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Terse.Faults;

/// <summary>Compares the redirects that visitors got with those that the statistics count, visit by visit.</summary>
internal sealed class ClickJudge(Rig rig)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);
    private long _retriesBefore;

    public async Task StartAsync() => _retriesBefore = await rig.ReadRetriesAsync();

    /// <summary>Waits until every redirect that came through is counted, and a while longer for what is counted twice.</summary>
    public async Task<ClickOutcome> FinishAsync(Visitor visitor)
    {
        using var client = new HttpClient { BaseAddress = rig.Api, Timeout = TimeSpan.FromSeconds(5) };
        client.DefaultRequestHeaders.Add("X-Api-Key", Rig.AdminKey);
        var started = TimeProvider.System.GetTimestamp();
        var (lost, last, since) = ((long)visitor.Redirected.Count, -1L, started);
        Dictionary<int, long> counted = [];
        while ((lost > 0 || TimeProvider.System.GetElapsedTime(since) < Settled) && TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            if (await ReadAsync(client, visitor) is not { } now) continue;
            counted = now;
            lost = visitor.Redirected.LongCount(visit => !counted.ContainsKey(visit));
            if (counted.Values.Sum() is var sum && sum != last) (last, since) = (sum, TimeProvider.System.GetTimestamp());
        }

        // A node that is paused, cut off or killed may have counted what the gateway then asked another.
        var retries = await rig.ReadRetriesAsync();
        var mayBeTwice = retries < _retriesBefore ? retries : retries - _retriesBefore;
        var twice = counted.Sum(visit => visit.Key < visitor.Visits ? visit.Value - 1 : visit.Value);
        return new ClickOutcome(lost, Math.Max(0, twice - mayBeTwice));
    }

    /// <summary>How often each visit was counted in ten days round today, which a clock that was stepped does not leave; null while nobody answers.</summary>
    private static async Task<Dictionary<int, long>?> ReadAsync(HttpClient client, Visitor visitor)
    {
        try
        {
            var today = TimeProvider.System.GetUtcNow().UtcDateTime.Date;
            var counted = new Dictionary<int, long>();
            foreach (var (thousand, source) in visitor.Sources.Index())
            {
                var answer = await client.GetFromJsonAsync<JsonElement>(
                    $"/api/v1/stats?from={today.AddDays(-5):yyyy-MM-dd}&to={today.AddDays(5):yyyy-MM-dd}&unit=day&groupBy=campaign&limit={Visitor.VisitsPerSource}&filter=source:{source}");
                foreach (var group in answer.GetProperty("groups").GetProperty("campaign").EnumerateArray())
                {
                    var visit = thousand * Visitor.VisitsPerSource + int.Parse(group.GetProperty("value").GetString()!, CultureInfo.InvariantCulture);
                    counted[visit] = group.GetProperty("clicks").GetInt64();
                }
            }
            return counted;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
