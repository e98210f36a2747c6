using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;
using Terse.Webhooks;

namespace Terse.Tests.Auditing;

/// <summary>An instance with something to change on every route.</summary>
internal sealed class AuditedRoutes(TerseInstance terse)
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;
    private int _made;

    public static async Task<AuditedRoutes> StartAsync(string otherStore) => new(await TerseInstance.StartAsync(
        new()
        {
            ["Terse:Clicks:MaxAttempts"] = "1",
            ["Terse:Webhooks:AllowPrivateAddresses"] = "true",
            ["Terse:Migration:To"] = $"sqlite:{otherStore}",
        },

        // Ahead of the clock that the browser's cookies end by.
        time: new FakeTimeProvider(new DateTimeOffset(2100, 1, 31, 12, 0, 0, TimeSpan.Zero))));

    public TerseInstance Terse => terse;

    /// <summary>A link that is there, and can be deleted; one that is taken down, and can come back.</summary>
    public async Task<string> LinkAsync(bool takenDown = false)
    {
        var code = $"link{_made++}";
        await terse.CreateAsync(new { url = $"https://example.com/{code}", alias = code });
        if (takenDown) using (await terse.Admin.PostJsonAsync($"/api/v1/links/{code}/takedown", new { reason = "spam" })) { }
        return code;
    }

    public async Task<string> KeyAsync()
    {
        using var made = await terse.Admin.PostJsonAsync("/api/v1/keys", new { name = "ci", scopes = new[] { "read" } });
        return (await made.JsonAsync()).GetProperty("record").Text("id");
    }

    /// <summary>A webhook with a delivery that failed every attempt.</summary>
    public async Task<string> WebhookAsync()
    {
        using var made = await terse.Admin.PostJsonAsync("/api/v1/webhooks", new { url = "http://127.0.0.1:1/", events = new[] { "link.expired" } });
        var (id, store, now) = ((await made.JsonAsync()).Text("id"), terse.App.Services.GetRequiredService<IWebhookStore>(), terse.Time.GetUtcNow());
        await store.EnqueueAsync([new WebhookDelivery($"msg_{_made++}", id, "link.expired", "{}", now, 0, now, null, false)], Cancelled);
        foreach (var leased in await store.LeaseAsync(now, now.AddMinutes(1), 100, Cancelled))
            await store.SettleAsync(leased, new DeliveryOutcome("No answer.", null), Cancelled);
        return id;
    }

    /// <summary>A click that could not be counted.</summary>
    public async Task<string> DeadLetterAsync()
    {
        var queue = terse.App.Services.GetRequiredService<IClickQueue>();
        Assert.True(terse.App.Services.GetRequiredService<ClickLog>().TryAppend([1, 2, 3]));
        IReadOnlyList<DeadLetter> letters = [];
        await Eventually.TrueAsync(async () => (letters = await queue.ListDeadLettersAsync(null, 10, Cancelled)).Count > 0);
        return letters[^1].Id;
    }

    public static StringContent Csv(string alias) => new($"code,url\n{alias},https://example.com/\n", Encoding.UTF8, "text/csv");

    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    /// <summary>All entries, the last first.</summary>
    public async Task<JsonElement[]> EntriesAsync()
    {
        using var response = await terse.Admin.GetAsync("/api/v1/audit?limit=1000", Cancelled);
        return [.. (await response.JsonAsync()).GetProperty("entries").EnumerateArray()];
    }
}
