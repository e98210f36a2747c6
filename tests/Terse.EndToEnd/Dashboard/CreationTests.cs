using System.Net;
using System.Text.Json;
using Microsoft.Playwright;

namespace Terse.EndToEnd.Dashboard;

[Collection(nameof(DashboardTestGroup))]
public sealed class CreationTests(DashboardFixture dashboard)
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory, EveryLook]
    public async Task One_field_and_one_key_press_make_a_link_that_is_copied_and_has_a_QR_code(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin", look);
        await page.Page.Locator("#make-form [name=url]").FillAsync("https://example.com/one/key/press");
        await page.Page.Keyboard.PressAsync("Enter");
        var made = page.Page.Locator(".made .short");
        await page.SeesAsync(made);
        var url = (await made.GetAttributeAsync("href"))!;
        Assert.Equal(url, await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await page.Page.WaitForFunctionAsync("document.querySelector('.made img').naturalWidth > 0");
        using var visitor = dashboard.Terse.Client(apiKey: null);
        using var answer = await visitor.GetAsync(url, Cancellation);
        Assert.Equal((HttpStatusCode.Found, "https://example.com/one/key/press"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        await page.LooksRightAsync();
    }

    [Theory, BothLooks]
    public async Task What_unfolds_sets_everything_and_says_beforehand_whether_the_alias_is_free_and_when_the_link_ends(Look look)
    {
        var alias = $"summer-{look.Word()}";
        await using var page = await dashboard.OpenAsync("/admin/links", look);
        var form = await page.StartLinkAsync();
        await form.Locator("[name=url]").FillAsync("https://example.com/sale");
        await form.GetByText("Alias, expiry, tags and more").ClickAsync();
        await form.GetByLabel("Alias").FillAsync("spring-sale");
        await page.SeesAsync("Taken by another link.");
        await form.GetByLabel("Alias").FillAsync(alias);
        await page.SeesAsync("Free.");
        await form.GetByLabel("Ends after", new() { Exact = true }).FillAsync("soon");
        await page.SeesAsync("Write a span such as 2 days or 8h");
        await form.GetByLabel("Ends after", new() { Exact = true }).FillAsync("2 days");
        await page.SeesAsync(form.Locator("[data-hint=expiry].ok"));
        await form.GetByLabel("Title").FillAsync("Summer sale");
        await form.GetByLabel("Tags").FillAsync("Summer, sale");
        await form.GetByLabel("Redirect").SelectOptionAsync("307");
        await form.GetByLabel("Ends after so many visits").FillAsync("500");
        await form.GetByLabel("Password that visitors must give").FillAsync("open sesame");
        await form.GetByText("Campaign parameters").ClickAsync();
        await form.GetByLabel("utm_source").FillAsync("newsletter");
        await form.GetByLabel("utm_campaign").FillAsync("summer & sun");
        await page.LooksRightAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Shorten" }).ClickAsync();
        await page.SeesAsync(form.Locator(".made"));
        await page.LooksRightAsync();

        using var api = dashboard.Terse.Client();
        using var link = JsonDocument.Parse(await api.GetStringAsync($"/api/v1/links/{alias}", Cancellation));
        Assert.Equal("https://example.com/sale?utm_source=newsletter&utm_campaign=summer%20%26%20sun", link.RootElement.GetProperty("url").GetString());
        Assert.Equal(["sale", "summer"], link.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.Equal(("Summer sale", 307, 500), (link.RootElement.GetProperty("title").GetString(), link.RootElement.GetProperty("redirectType").GetInt32(), link.RootElement.GetProperty("maxVisits").GetInt32()));
        Assert.InRange(link.RootElement.GetProperty("expiresAt").GetDateTimeOffset() - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(47), TimeSpan.FromHours(48));
        using var visitor = dashboard.Terse.Client(apiKey: null);
        using var answer = await visitor.GetAsync($"/{alias}", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory, BothLooks]
    public async Task What_cannot_be_shortened_is_refused_in_words_that_say_what_to_do(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/links", look);
        page.ExpectsRefusals = true;
        var form = await page.StartLinkAsync();
        await form.Locator("[name=url]").FillAsync("javascript:alert(1)");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeesAsync("The scheme javascript is not allowed here");
        await form.Locator("[name=url]").FillAsync("https://example.com/");
        await form.GetByText("Alias, expiry, tags and more").ClickAsync();
        await form.GetByLabel("Ends after so many visits").FillAsync("many");
        await form.GetByRole(AriaRole.Button, new() { Name = "Shorten" }).ClickAsync();
        await page.SeesAsync("Write how many visits, such as 1 or 500.");
        await page.LooksRightAsync();
    }

    [Fact]
    public async Task Without_scripts_a_link_is_made_all_the_same()
    {
        await using var page = await dashboard.OpenAsync("/admin", scripts: false);
        await page.Page.Locator("#make-form [name=url]").FillAsync("https://example.com/without/scripts");
        await page.Button("Shorten").ClickAsync();
        await page.SeesAsync("is ready.");
        await page.SeesAsync("example.com/without/scripts");
    }
}
