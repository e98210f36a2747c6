using System.Net.Http.Json;
using Microsoft.Playwright;

namespace Terse.EndToEnd.Dashboard;

/// <summary>What visitors of short links see, in a browser.</summary>
[Collection(nameof(DashboardTestGroup))]
public sealed class VisitorTests(DashboardFixture dashboard) : WithDataDirectory
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory, BothLooks]
    public async Task The_right_password_leads_on_a_wrong_one_is_told_and_many_have_to_wait(Look look)
    {
        await using var elsewhere = await Elsewhere.StartAsync(Cancellation);
        await dashboard.StartAsync();
        await using var terse = await TerseProcess.ServeAsync(Data, more: ["--set", "Redirects:PasswordsPerMinute=3", "--set", "Links:PasswordIterations=100000"]);
        using var api = terse.Client();
        await MakeAsync(api, new { url = elsewhere.Address, alias = "closed", password = "open sesame" });
        await using var page = await OpenAsync(terse, look, elsewhere);
        await page.GoAsync("/closed");
        await page.LooksRightAsync();
        await TryAsync("wrong");
        await page.SeesAsync("That is not the password.");
        await page.LooksRightAsync();
        await TryAsync("open sesame");
        await page.SeesAsync("You have arrived.");

        await page.GoAsync("/closed");
        var wait = page.Page.GetByText("Too many attempts. Wait");
        for (var tries = 0; tries < 10 && await wait.CountAsync() == 0; tries++) await TryAsync($"guess {tries}");
        await page.SeesAsync(wait);
        await page.LooksRightAsync();

        async Task TryAsync(string password)
        {
            await page.Page.GetByLabel("Password").FillAsync(password);
            await page.Button("Continue").ClickAsync();
        }
    }

    [Theory, BothLooks]
    public async Task A_preview_shows_where_a_link_goes_takes_a_report_and_leads_on(Look look)
    {
        await using var elsewhere = await Elsewhere.StartAsync(Cancellation);
        var alias = $"looked-at-{look.Word()}";
        using var api = await dashboard.ClientAsync();
        await MakeAsync(api, new { url = new Uri(elsewhere.Address, "deep/inside").OriginalString, alias });
        await using var page = await OpenAsync(dashboard.Terse, look, elsewhere);
        await page.GoAsync($"/{alias}+");
        await page.SeesAsync(new Uri(elsewhere.Address, "deep/inside").OriginalString);
        await page.Page.GetByText("Report this link").ClickAsync();
        await page.Page.GetByLabel("What is wrong with it").SelectOptionAsync("phishing");
        await page.Page.GetByLabel("More, if you like").FillAsync($"It asks for my bank, {look}");
        await page.LooksRightAsync();
        await page.Button("Send the report").ClickAsync();
        await page.SeesAsync("Your report was sent");
        await page.LooksRightAsync();
        Assert.Contains($"It asks for my bank, {look}", await api.GetStringAsync("/api/v1/reports", Cancellation), StringComparison.Ordinal);

        await page.GoAsync($"/{alias}+");
        await page.Page.Locator("a.go").ClickAsync();
        await page.SeesAsync("You have arrived.");
    }

    [Theory, BothLooks]
    public async Task What_never_was_what_has_ended_and_what_was_taken_down_are_told_apart(Look look)
    {
        await using var elsewhere = await Elsewhere.StartAsync(Cancellation);
        var alias = $"harmful-{look.Word()}";
        using var api = await dashboard.ClientAsync();
        await MakeAsync(api, new { url = elsewhere.Address, alias });
        (await api.PostAsync($"/api/v1/links/{alias}/takedown", JsonContent.Create(new { reason = "phishing" }), Cancellation)).Dispose();
        await using var page = await OpenAsync(dashboard.Terse, look, elsewhere);
        foreach (var (path, status, says) in new[] { ("/nobody", 404, "404"), ("/page017", 410, "410"), ($"/{alias}", 410, "This link was taken down") })
        {
            Assert.Equal(status, (await page.GoAsync(path)).Status);
            await page.SeesAsync(says);
            await page.LooksRightAsync();
        }
    }

    [Theory, BothLooks]
    public async Task An_operators_name_logo_colour_pages_and_fallback_stand_in_for_ours(Look look)
    {
        await using var elsewhere = await Elsewhere.StartAsync(Cancellation);
        await dashboard.StartAsync();
        var (logo, ended) = (Path.Combine(Data, "logo.svg"), Path.Combine(Data, "410.html"));
        await File.WriteAllTextAsync(logo, Brands.Logo, Cancellation);
        await File.WriteAllTextAsync(ended, """<!doctype html><html lang="en"><head><title>Over</title><link rel="icon" href="data:,"></head><body><h1>Our own 410</h1></body></html>""", Cancellation);
        await using var terse = await TerseProcess.ServeAsync(
            Data, more: [.. new[] { "Name=Acme", $"Color={Brands.Colour}", $"LogoFile={logo}", $"EndedFile={ended}", $"FallbackUrl={elsewhere.Address}" }.SelectMany(option => new[] { "--set", $"Brand:{option}" })]);
        using var api = terse.Client();
        await MakeAsync(api, new { url = elsewhere.Address, alias = "over" });
        (await api.PatchAsync("/api/v1/links/over", JsonContent.Create(new { disabled = true }), Cancellation)).Dispose();
        await MakeAsync(api, new { url = elsewhere.Address, alias = "on" });

        await using var page = await OpenAsync(terse, look, elsewhere);
        await page.GoAsync("/on+");
        await page.SeesAsync(page.Page.GetByRole(AriaRole.Img, new() { Name = "Acme" }));
        Assert.Equal("rgb(179, 18, 63)", await page.Page.Locator(".go").First.EvaluateAsync<string>("button => getComputedStyle(button).backgroundColor"));
        await page.LooksRightAsync();
        await page.GoAsync("/over");
        await page.SeesAsync("Our own 410");
        await page.GoAsync("/nobody");
        await page.SeesAsync("You have arrived.");
    }

    private async Task<DashboardPage> OpenAsync(TerseProcess terse, Look look, Elsewhere elsewhere)
    {
        var page = await DashboardPage.OpenAsync(dashboard.Browser, terse.Url, look: look);
        (page.ExpectsRefusals, page.MayVisit) = (true, elsewhere.Address.Authority);
        return page;
    }

    private static async Task MakeAsync(HttpClient api, object link)
    {
        using var answer = await api.PostAsync("/api/v1/links", JsonContent.Create(link), Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}

/// <summary>An operator's look.</summary>
internal static class Brands
{
    public const string Colour = "#B3123F";
    public const string Logo = """<svg xmlns="http://www.w3.org/2000/svg" width="168" height="48" viewBox="0 0 168 48"><rect width="48" height="48" rx="13" fill="#b3123f"/><path d="M13 33 24 13l11 20z" fill="#fff"/><text x="60" y="33" font-family="sans-serif" font-size="27" font-weight="700" fill="#b3123f">Acme</text></svg>""";
}
