using System.Net;
using System.Net.Http.Json;

namespace Terse.EndToEnd.Dashboard;

[Collection(nameof(DashboardTestGroup))]
public sealed class AbuseTests(DashboardFixture dashboard)
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory, BothLooks]
    public async Task A_reported_link_is_found_taken_down_and_put_back(Look look)
    {
        var alias = $"reported-{look.Word()}";
        using var api = await dashboard.ClientAsync();
        (await api.PostAsync("/api/v1/links", JsonContent.Create(new { url = "https://example.com/", alias }), Cancellation)).Dispose();
        using var visitor = dashboard.Terse.Client(apiKey: null);
        using (var report = new FormUrlEncodedContent(new Dictionary<string, string> { ["reason"] = "phishing", ["message"] = "It asks for my bank" }))
            (await visitor.PostAsync($"/{alias}+", report, Cancellation)).Dispose();

        await using var page = await dashboard.OpenAsync("/admin/blocklist", look);
        await page.SeesAsync("It asks for my bank");
        await page.LooksRightAsync();
        await page.Link($"link:{alias}").ClickAsync();
        await page.Page.GetByText("Take this link down").ClickAsync();
        await page.Page.GetByLabel("Note for the audit log").FillAsync("A bank asked us");
        await page.LooksRightAsync();
        await page.Button("Take it down").ClickAsync();
        await page.ConfirmAsync();
        await page.SeesAsync("Taken down for phishing");
        await page.LooksRightAsync();
        Assert.Equal(HttpStatusCode.Gone, (await visitor.GetAsync($"/{alias}", Cancellation)).StatusCode);

        await page.GoAsync("/admin/links?state=taken-down");
        await page.SeesAsync(page.Page.Locator($"tr[data-row={alias}]").GetByText("taken down").Filter(new() { Visible = true }));
        await page.GoAsync($"/admin/links/{alias}");
        await page.Button("Put it back").ClickAsync();
        await page.SeesAsync("It is back");
        Assert.Equal(HttpStatusCode.Found, (await visitor.GetAsync($"/{alias}", Cancellation)).StatusCode);
    }
}
