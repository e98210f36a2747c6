using Microsoft.Playwright;

namespace Terse.EndToEnd.Dashboard;

[Collection(nameof(DashboardTestGroup))]
public sealed class InstanceTests(DashboardFixture dashboard)
{
    [Theory, BothLooks]
    public async Task Operations_follow_redirects_as_they_happen_and_tell_of_stores_and_brokers(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/operations", look);
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
        await page.SeesAsync("SQLite");
        await page.SeesAsync("the click log of this node");
        await page.LooksRightAsync();
    }

    /// <summary>One after the other, since the second replays whatever the first has left.</summary>
    [Fact]
    public async Task Clicks_that_failed_every_try_are_looked_at_replayed_and_discarded()
    {
        await using (var page = await dashboard.OpenAsync("/admin/operations"))
        {
            await InspectAsync(page, "menu");
            await Letter(page, "menu").GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
            await page.SeesAsync("It is tried again");
            await page.SeesNotAsync(Letter(page, "menu"));
            await Letter(page, "jobs").GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
            await page.ConfirmAsync();
            await page.SeesAsync("Discarded.");
            await page.SeesNotAsync(Letter(page, "jobs"));
        }

        await using (var page = await dashboard.OpenAsync("/admin/operations", Look.DarkPhone))
        {
            await InspectAsync(page, "launch");
            await page.Button("Replay all").ClickAsync();
            await page.SeesAsync("2 tried again");
            await page.SeesAsync("No dead letters.");
            await page.LooksRightAsync();
        }

        static ILocator Letter(DashboardPage page, string code) => page.Page.Locator(".letter", new() { HasText = code });

        static async Task InspectAsync(DashboardPage page, string code)
        {
            await Letter(page, code).First.GetByText("The click store was away for a day.").ClickAsync();
            await page.SeesAsync("https://news.example.org/");
            await page.LooksRightAsync();
        }
    }

    [Theory, BothLooks]
    public async Task A_key_is_made_shown_once_and_revoked(Look look)
    {
        var name = $"A script, {look}";
        await using var page = await dashboard.OpenAsync("/admin/keys", look);
        await page.Page.GetByLabel("Who uses it").FillAsync(name);
        await page.Page.Locator("input[name=scopes][value=write]").CheckAsync();
        await page.Button("Make the key").ClickAsync();
        var key = await page.Page.Locator(".secret span").InnerTextAsync();
        await page.LooksRightAsync();
        using var client = dashboard.Terse.Client(key);
        Assert.True((await client.GetAsync("/api/v1/links", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        await page.GoAsync("/admin/keys");
        await page.SeesNotAsync(page.Page.GetByText(key));
        await page.Page.Locator("tr", new() { HasText = name }).GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await page.ConfirmAsync();
        await page.SeesAsync("Revoked.");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/links", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory, BothLooks]
    public async Task A_webhook_is_made_with_a_secret_shown_once_switched_off_and_removed(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/webhooks", look);
        page.ExpectsRefusals = true;
        await page.Page.GetByLabel("Address to tell").FillAsync("http://10.0.0.1/inside");
        await page.Button("Make the webhook").ClickAsync();
        await page.SeesAsync(page.Page.Locator(".error:not(:empty)"));
        await page.LooksRightAsync();
        await page.Page.GetByLabel("Address to tell").FillAsync("https://hooks.example.com/terse");
        await page.Button("Make the webhook").ClickAsync();
        await page.SeesAsync("whsec_");
        await page.LooksRightAsync();
        await page.GoAsync("/admin/webhooks");
        await page.SeesNotAsync(page.Page.GetByText("whsec_"));
        await page.Button("Switch off").ClickAsync();
        await page.SeesAsync("Switched off: events wait.");
        await page.Button("Remove").ClickAsync();
        await page.ConfirmAsync();
        await page.SeesAsync("No webhooks yet");
    }

    [Theory, BothLooks]
    public async Task The_blocklist_is_edited_and_in_force(Look look)
    {
        var host = $"phishing-{look.Word()}.example";
        await using var page = await dashboard.OpenAsync("/admin/blocklist", look);
        await page.Page.GetByLabel("Hosts").FillAsync($"{host} # reported");
        await page.Button("Save").ClickAsync();
        await page.SeesAsync("Saved.");
        await page.SeesAsync(host);
        await page.LooksRightAsync();
        using var api = dashboard.Terse.Client();
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); ;)
        {
            using var answer = await api.PostAsync("/api/v1/links?dedupe=true", System.Net.Http.Json.JsonContent.Create(new { url = $"https://login.{host}/" }), TestContext.Current.CancellationToken);
            if (answer.StatusCode == System.Net.HttpStatusCode.BadRequest) break;
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), "The list is not in force.");
        }
    }

    [Theory, BothLooks]
    public async Task A_slider_of_the_planner_moves_the_plan_up_the_ladder(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/planner?preset=personal", look);
        var rung = page.Page.Locator(".ladder .at b");
        await Assertions.Expect(rung).ToHaveTextAsync("1 embedded");
        await page.Page.GetByLabel("New links per day", new() { Exact = true }).FillAsync("1000");
        await Assertions.Expect(rung).Not.ToHaveTextAsync("1 embedded");
        await page.SeesAsync(page.Page.Locator(".arch text", new() { HasText = "Gateway" }));
        Assert.Contains("new-links=1B", page.Page.Url, StringComparison.Ordinal);
        await page.LooksRightAsync();
    }

    [Theory, Looks(Look.LightDesk, Look.DarkDesk)]
    public async Task Keys_lead_everywhere_and_the_question_mark_lists_them(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/links", look);
        await page.Page.Keyboard.PressAsync("?");
        await page.SeesAsync("Search links");
        await page.LooksRightAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.Keyboard.PressAsync("j");
        await page.Page.Keyboard.PressAsync("x");
        await page.SeesAsync("1 marked");
        await page.Page.Keyboard.PressAsync("t");
        var other = look.IsDark() ? "light" : "dark";
        await Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", other);
        await page.Page.Keyboard.PressAsync("g");
        await page.Page.Keyboard.PressAsync("p");
        await page.Page.WaitForURLAsync("**/admin/planner");

        // The choice is a cookie: the next page comes so from the server.
        await Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", other);
    }

    [Theory, Looks(Look.LightPhone, Look.DarkPhone)]
    public async Task A_thumb_gets_to_every_page_and_to_the_other_theme(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin", look);
        foreach (var name in new[] { "Import and export", "API keys", "Webhooks", "Blocklist", "Audit log", "Planner" })
        {
            await page.Page.GetByText("More", new() { Exact = true }).TapAsync();
            await page.Page.Locator(".phone-more").GetByRole(AriaRole.Link, new() { Name = name }).TapAsync();
            await page.SeesAsync(page.Page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true, Level = 1 }));
        }

        await page.Page.GetByText("More", new() { Exact = true }).TapAsync();
        await page.LooksRightAsync();
        await page.Button("Light or dark").TapAsync();
        await Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", look.IsDark() ? "light" : "dark");
    }

    [Theory, BothLooks]
    public async Task What_is_not_there_says_so_and_leads_back(Look look)
    {
        await using var page = await dashboard.OpenAsync(look: look);
        page.ExpectsRefusals = true;
        Assert.Equal(404, (await page.GoAsync("/admin/links/nobody-made-this")).Status);
        await page.SeesAsync("There is no such link.");
        await page.LooksRightAsync();
        Assert.Equal(404, (await page.GoAsync("/admin/nothing")).Status);
        await page.SeesAsync("There is no such page.");
    }
}
