using Microsoft.Playwright;

namespace Terse.EndToEnd.Dashboard;

[Collection(nameof(DashboardTestGroup))]
public sealed class InstanceTests(DashboardFixture dashboard)
{
    [Fact]
    public async Task Operations_follow_redirects_as_they_happen()
    {
        await using var page = await dashboard.OpenAsync("/admin/operations");
        await page.SeesAsync(page.Page.Locator("[data-live-state]"));
        using var visitor = dashboard.Terse.Client(apiKey: null);
        var rate = page.Page.Locator("[data-figure=redirects]");
        for (var tries = 0; tries < 40 && await rate.InnerTextAsync() is "·" or "0"; tries++)
        {
            for (var i = 0; i < 20; i++) (await visitor.GetAsync("/gh", TestContext.Current.CancellationToken)).Dispose();
            await page.Page.WaitForTimeoutAsync(100);
        }

        await Assertions.Expect(rate).Not.ToHaveTextAsync("·");
        await page.SeesAsync("all well");
    }

    [Fact]
    public async Task A_click_that_failed_every_try_is_looked_at_and_replayed()
    {
        await using var page = await dashboard.OpenAsync("/admin/operations");
        await page.SeesAsync("The click store was away for a day");
        await page.Button("Replay all").ClickAsync();
        await page.SeesAsync("1 tried again");
        await page.SeesNotAsync(page.Page.GetByText("The click store was away for a day"));
    }

    [Fact]
    public async Task A_key_is_made_shown_once_and_revoked()
    {
        await using var page = await dashboard.OpenAsync("/admin/keys");
        await page.Page.GetByLabel("Who uses it").FillAsync("A script");
        await page.Page.GetByLabel("write").CheckAsync();
        await page.Button("Make the key").ClickAsync();
        var key = await page.Page.Locator(".secret span").InnerTextAsync();
        using var client = dashboard.Terse.Client(key);
        Assert.True((await client.GetAsync("/api/v1/links", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        await page.GoAsync("/admin/keys");
        await page.SeesNotAsync(page.Page.GetByText(key));
        await page.Page.Locator("tr", new() { HasText = "A script" }).GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await page.Page.Locator("#confirm-yes").ClickAsync();
        await page.SeesAsync("Revoked.");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/links", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_webhook_is_made_with_a_secret_shown_once_switched_off_and_removed()
    {
        await using var page = await dashboard.OpenAsync("/admin/webhooks");
        await page.Page.GetByLabel("Address to tell").FillAsync("https://hooks.example.com/terse");
        await page.Button("Make the webhook").ClickAsync();
        await page.SeesAsync("whsec_");
        await page.GoAsync("/admin/webhooks");
        await page.SeesNotAsync(page.Page.GetByText("whsec_"));
        await page.Button("Switch off").ClickAsync();
        await page.SeesAsync("Switched off: events wait.");
        await page.Button("Remove").ClickAsync();
        await page.Page.Locator("#confirm-yes").ClickAsync();
        await page.SeesAsync("No webhooks yet");
    }

    [Fact]
    public async Task The_blocklist_is_edited_and_in_force()
    {
        await using var page = await dashboard.OpenAsync("/admin/blocklist");
        await page.Page.GetByLabel("Hosts").FillAsync("phishing.example # reported");
        await page.Button("Save").ClickAsync();
        await page.SeesAsync("Saved.");
        await page.SeesAsync("phishing.example");
        using var api = dashboard.Terse.Client();
        await page.Page.WaitForTimeoutAsync(2_100);
        using var refused = await api.PostAsync("/api/v1/links", System.Net.Http.Json.JsonContent.Create(new { url = "https://login.phishing.example/" }), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task A_slider_of_the_planner_moves_the_plan_up_the_ladder()
    {
        await using var page = await dashboard.OpenAsync("/admin/planner?preset=personal");
        var rung = page.Page.Locator(".ladder .at b");
        await Assertions.Expect(rung).ToHaveTextAsync("1 embedded");
        await page.Page.GetByLabel("New links per day", new() { Exact = true }).FillAsync("1000");
        await Assertions.Expect(rung).Not.ToHaveTextAsync("1 embedded");
        await page.SeesAsync(page.Page.Locator(".arch text", new() { HasText = "Gateway" }));
        Assert.Contains("new-links=1B", page.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_lead_everywhere_and_the_question_mark_lists_them()
    {
        await using var page = await dashboard.OpenAsync("/admin/links");
        await page.Page.Keyboard.PressAsync("?");
        await page.SeesAsync("Search links");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.Keyboard.PressAsync("j");
        await page.Page.Keyboard.PressAsync("x");
        await page.SeesAsync("1 marked");
        await page.Page.Keyboard.PressAsync("t");
        await Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.Page.Keyboard.PressAsync("g");
        await page.Page.Keyboard.PressAsync("p");
        await page.Page.WaitForURLAsync("**/admin/planner");

        // The choice is a cookie: the next page comes dark from the server.
        await Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Fact]
    public async Task What_is_not_there_says_so_and_leads_back()
    {
        await using var page = await dashboard.OpenAsync();
        page.ExpectsRefusals = true;
        Assert.Equal(404, (await page.GoAsync("/admin/links/nobody-made-this")).Status);
        await page.SeesAsync("There is no such link.");
        Assert.Equal(404, (await page.GoAsync("/admin/nothing")).Status);
        await page.SeesAsync("There is no such page.");
    }
}
