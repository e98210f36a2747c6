namespace Terse.EndToEnd.Dashboard;

[Collection(nameof(DashboardTestGroup))]
public sealed class SessionTests(DashboardFixture dashboard) : WithDataDirectory
{
    [Theory, BothLooks]
    public async Task The_first_start_prints_an_address_that_leads_once_to_the_admin_key_and_the_first_link(Look look)
    {
        await dashboard.StartAsync();
        await using var terse = await TerseProcess.ServeAsync(Data, withKnownKey: false);
        await terse.WritesAsync("Try it:");
        var welcome = System.Text.RegularExpressions.Regex.Match(terse.Output, "/admin/welcome\\?token=[0-9a-f]{32}").Value;
        await using var page = await DashboardPage.OpenAsync(dashboard.Browser, terse.Url, look: look);
        await page.GoAsync(welcome);
        await page.LooksRightAsync();
        await page.Button("Begin").ClickAsync();
        var key = await page.Page.Locator("[data-secret]").InnerTextAsync();
        Assert.Contains(key, terse.Output, StringComparison.Ordinal);
        await page.LooksRightAsync();
        using var client = terse.Client(key);
        Assert.True((await client.GetAsync("/api/v1/keys", TestContext.Current.CancellationToken)).IsSuccessStatusCode);

        await page.Page.GetByText("I have kept it").ClickAsync();
        await page.SeesAsync("No links yet");
        await page.LooksRightAsync();
        await page.Page.Keyboard.TypeAsync("example.com/the/first");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeesAsync(page.Page.Locator(".made .short"));

        page.ExpectsRefusals = true;
        await page.GoAsync(welcome);
        await page.SeesAsync("This address has been used.");
    }

    [Theory, EveryLook]
    public async Task A_wrong_key_is_refused_with_what_to_do_and_the_right_one_leads_to_the_page_that_was_asked_for(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/links?q=spring", look, signedIn: false);
        page.ExpectsRefusals = true;
        Assert.Contains("/admin/sign-in", page.Page.Url, StringComparison.Ordinal);
        await page.Page.GetByLabel("API key").FillAsync("terse_AAAAAAAAAA_wrongwrongwrongwrongwrongwrongww");
        await page.Button("Sign in").ClickAsync();
        await page.SeesAsync("unknown, expired or revoked");
        await page.LooksRightAsync();
        await page.Page.GetByLabel("API key").FillAsync(TerseProcess.AdminKey);
        await page.Button("Sign in").ClickAsync();
        await page.Page.WaitForURLAsync("**/admin/links?q=spring");
        await page.SeesAsync("Spring sale");
        await page.SignOutAsync();
        await page.Page.WaitForURLAsync("**/admin/sign-in");
        await page.GoAsync("/admin/links");
        Assert.Contains("/admin/sign-in", page.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_key_sees_links_but_finds_nothing_to_change_them_with_and_a_revoked_one_is_out()
    {
        await dashboard.StartAsync();
        using var admin = dashboard.Terse.Client();
        var made = await admin.PostAsync("/api/v1/keys", System.Net.Http.Json.JsonContent.Create(new { name = "reader", scopes = new[] { "read" } }), TestContext.Current.CancellationToken);
        var answer = await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<System.Text.Json.JsonElement>(made.Content, TestContext.Current.CancellationToken);
        var key = answer.GetProperty("key").GetString()!;

        await using var page = await dashboard.OpenAsync(signedIn: false);
        page.ExpectsRefusals = true;
        await page.SignInAsync(key);
        await page.SeesNotAsync(page.Page.Locator("#make-form"));
        await page.GoAsync("/admin/links/spring-sale");
        await page.SeesAsync("Clicks over time");
        await page.SeesNotAsync(page.Page.GetByText("Change this link"));
        await page.SeesNotAsync(page.Button("Delete"));
        await page.GoAsync("/admin/keys");
        await page.SeesAsync("Your key may not do this.");

        // The form that it does not see does not help it either.
        var status = await page.Page.EvaluateAsync<int>("""
            async () => { const token = (await (await fetch('/admin/links')).text()).match(/name="form-token" content="([^"]+)"/)[1];
              return (await fetch('/admin/links/spring-sale/delete', { method: 'POST', headers: { 'X-Form-Token': token } })).status; }
            """);
        Assert.Equal(403, status);

        await admin.DeleteAsync($"/api/v1/keys/{key.Split('_')[1]}", TestContext.Current.CancellationToken);
        await page.GoAsync("/admin/links");
        Assert.Contains("/admin/sign-in", page.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_for_its_own_links_is_made_on_the_page_of_keys_and_does_not_open_the_dashboard()
    {
        string key;
        await using (var admin = await dashboard.OpenAsync("/admin/keys"))
        {
            await admin.Page.GetByLabel("Who uses it").FillAsync("Newsletter script");
            await admin.Page.GetByLabel("its own links only").CheckAsync();
            await admin.Button("Make the key").ClickAsync();
            key = await admin.Page.Locator(".secret span").InnerTextAsync();
            await admin.SeesAsync(admin.Page.Locator("tr", new() { HasText = key.Split('_')[1] }).GetByText("own", new() { Exact = true }));
        }

        await using var page = await dashboard.OpenAsync("/admin/links", signedIn: false);
        page.ExpectsRefusals = true;
        await page.Page.GetByLabel("API key").FillAsync(key);
        await page.Button("Sign in").ClickAsync();
        await page.SeesAsync("This key reaches its own links only, and the dashboard shows all.");
        await page.GoAsync("/admin/links");
        Assert.Contains("/admin/sign-in", page.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        await using var page = await dashboard.OpenAsync("/admin");
        page.ExpectsRefusals = true;
        Assert.Equal(400, await page.Page.EvaluateAsync<int>("async () => (await fetch('/admin/links', { method: 'POST', body: new URLSearchParams({ url: 'https://example.com/' }) })).status"));
    }

    [Fact]
    public async Task Every_answer_forbids_what_we_do_not_serve_ourselves()
    {
        await dashboard.StartAsync();
        using var client = dashboard.Terse.Client(apiKey: null);
        using var answer = await client.GetAsync("/admin/sign-in", TestContext.Current.CancellationToken);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
    }
}
