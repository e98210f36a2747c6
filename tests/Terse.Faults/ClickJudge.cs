using System.Net.Http.Json;
using System.Text.Json;

namespace Terse.Faults;

/// <summary>Compares the redirects that visitors got with those that the statistics count.</summary>
internal sealed class ClickJudge(Rig rig)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);
    private long _before;
    private long _retriesBefore;
    private long _mayCome;

    public async Task StartAsync() => (_before, _retriesBefore) = (await SettleAsync(atLeast: 0), await rig.ReadRetriesAsync());

    /// <summary>
    /// Waits until what was answered is counted, and a while longer for what was counted beyond. A node that is paused, cut off or killed has counted what the
    /// gateway then asks another, and may ship it when the next experiment has begun.
    /// </summary>
    public async Task<ClickOutcome> FinishAsync(Visitor visitor)
    {
        var counted = await SettleAsync(_before + visitor.Redirected) - _before;
        var retries = await rig.ReadRetriesAsync();
        _mayCome += visitor.Unanswered + (retries < _retriesBefore ? retries : retries - _retriesBefore);
        var beyond = Math.Max(0, counted - visitor.Redirected);
        var explained = Math.Min(beyond, _mayCome);
        _mayCome -= explained;
        return new ClickOutcome(Math.Max(0, visitor.Redirected - counted), beyond - explained);
    }

    private async Task<long> SettleAsync(long atLeast)
    {
        using var client = new HttpClient { BaseAddress = rig.Api, Timeout = TimeSpan.FromSeconds(5) };
        client.DefaultRequestHeaders.Add("X-Api-Key", Rig.AdminKey);
        var started = TimeProvider.System.GetTimestamp();
        var (last, since) = (-1L, started);
        while (TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            var now = await ReadAsync(client);
            if (now != last) (last, since) = (now ?? last, TimeProvider.System.GetTimestamp());
            else if (last >= atLeast && TimeProvider.System.GetElapsedTime(since) > Settled) return last;
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
        return last;
    }

    /// <summary>All clicks of ten days round today, which a clock that was stepped does not leave; null while nobody answers.</summary>
    private static async Task<long?> ReadAsync(HttpClient client)
    {
        try
        {
            var today = TimeProvider.System.GetUtcNow().UtcDateTime.Date;
            var answer = await client.GetFromJsonAsync<JsonElement>($"/api/v1/stats?from={today.AddDays(-5):yyyy-MM-dd}&to={today.AddDays(5):yyyy-MM-dd}&unit=day");
            return answer.GetProperty("totals").GetProperty("clicks").GetInt64();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
