using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Terse.EndToEnd.Dashboard;

/// <summary>What owners and visitors wrote is text on the dashboard, and never markup.</summary>
[Collection(nameof(DashboardTestGroup))]
public sealed class MarkupTests(DashboardFixture dashboard)
{
    private const string Hostile = "\"'></title></script><img src=x onerror=alert(1)><script>alert(1)</script>";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Titles_destinations_referrers_and_browsers_are_text_on_every_page()
    {
        await using var page = await dashboard.OpenAsync();
        using var api = dashboard.Terse.Client();
        using (var made = await api.PostAsJsonAsync("/api/v1/links", new { url = $"https://example.com/?q={Hostile}", alias = "hostile-words", title = Hostile }, Cancellation))
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await VisitAsync();
        await CountedAsync(api);

        foreach (var path in (string[])["/admin/links", "/admin/links/hostile-words", "/admin/audit?subject=link:hostile-words", $"/admin/links?q={Uri.EscapeDataString(Hostile)}", "/admin"])
        {
            await page.GoAsync(path);
            await page.SeesAsync(page.Page.Locator("main"));
            await page.SeesNotAsync(page.Page.Locator("img[src=x], [onerror], script:not([src]):has-text('alert(1)')"));
        }
        await page.GoAsync("/admin/links/hostile-words");
        await page.SeesAsync(Hostile);
    }

    private async Task VisitAsync()
    {
        using var visitor = dashboard.Terse.Client(apiKey: null);
        using var visit = new HttpRequestMessage(HttpMethod.Get, "/hostile-words");
        visit.Headers.TryAddWithoutValidation("Referer", $"https://evil.example/{Hostile}");
        visit.Headers.TryAddWithoutValidation("User-Agent", $"Mozilla/5.0 {Hostile}");
        visit.Headers.TryAddWithoutValidation("Accept-Language", Hostile);
        using var answer = await visitor.SendAsync(visit, Cancellation);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    private static async Task CountedAsync(HttpClient api)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            var statistics = await api.GetFromJsonAsync<JsonElement>("/api/v1/links/hostile-words/stats", Cancellation);
            if (statistics.GetProperty("totals").GetProperty("clicks").GetInt64() > 0) return;
            Assert.True(waited.Elapsed < Patience, "The visit is not counted.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }
}
