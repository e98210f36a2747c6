using System.Net;
using Microsoft.Playwright;

namespace Terse.EndToEnd.Dashboard;

[Collection(nameof(DashboardTestGroup))]
public sealed class LinksTests(DashboardFixture dashboard)
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task One_field_and_one_key_press_make_a_link_that_is_copied_and_has_a_QR_code(bool dark, bool phone)
    {
        await using var page = await dashboard.OpenAsync("/admin", dark, phone);
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
    }

    [Fact]
    public async Task What_unfolds_sets_alias_expiry_tags_and_campaign_and_says_beforehand_whether_the_alias_is_free()
    {
        await using var page = await dashboard.OpenAsync("/admin/links");
        page.ExpectsRefusals = true;
        await page.Page.Keyboard.PressAsync("c");
        var form = page.Page.Locator("#in-dialog");
        await form.Locator("[name=url]").FillAsync("https://example.com/sale");
        await form.GetByText("Alias, expiry, tags and more").ClickAsync();
        await form.GetByLabel("Alias").FillAsync("spring-sale");
        await page.SeesAsync("Taken by another link.");
        await form.GetByLabel("Alias").FillAsync("summer-sale");
        await page.SeesAsync("Free.");
        await form.GetByLabel("Ends after", new() { Exact = true }).FillAsync("2 days");
        await page.SeesAsync(form.Locator("[data-hint=expiry].ok"));
        await form.GetByLabel("Tags").FillAsync("Summer, sale");
        await form.GetByText("Campaign parameters").ClickAsync();
        await form.GetByLabel("utm_source").FillAsync("newsletter");
        await form.GetByRole(AriaRole.Button, new() { Name = "Shorten" }).ClickAsync();
        await page.SeesAsync(form.Locator(".made"));

        using var api = dashboard.Terse.Client();
        var link = await api.GetStringAsync("/api/v1/links/summer-sale", Cancellation);
        Assert.Contains("\"url\":\"https://example.com/sale?utm_source=newsletter\"", link, StringComparison.Ordinal);
        Assert.Contains("\"tags\":[\"sale\",\"summer\"]", link, StringComparison.Ordinal);
        Assert.DoesNotContain("\"expiresAt\":null", link, StringComparison.Ordinal);

        await form.Locator("[name=url]").FillAsync("javascript:alert(1)");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeesAsync("The scheme javascript is not allowed here");
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

    [Fact]
    public async Task The_table_is_searched_filtered_sorted_and_turned_over()
    {
        await using var page = await dashboard.OpenAsync("/admin/links");
        var rows = page.Page.Locator("tr[data-row]");
        await Assertions.Expect(rows).ToHaveCountAsync(50);
        await page.Link("Next page").ClickAsync();
        await page.Page.WaitForURLAsync("**/admin/links?after=*");
        await page.SeesAsync(page.Page.Locator("tr[data-row^='page']"));
        await page.Page.GoBackAsync();
        await page.SeesAsync("Spring sale");

        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("hiring");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await page.SeesAsync("We are hiring");
        await page.Page.GetByLabel("Search links").FillAsync("nothing has this word");
        await page.SeesAsync("Nothing matches");

        await page.GoAsync("/admin/links");
        await page.Link("Off").ClickAsync();
        await page.SeesAsync("switched off");
        await page.SeesNotAsync(page.Page.GetByText("active", new() { Exact = true }));
        await page.Page.GetByLabel("Search links").FillAsync("page1");
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await page.SeesNotAsync(page.Page.GetByText("active", new() { Exact = true }));
        await page.GoAsync("/admin/links");
        await page.Link("Expired").ClickAsync();
        await page.SeesAsync("the last ended first");
        await page.SeesNotAsync(page.Page.GetByText("active", new() { Exact = true }));
        await page.Link("All").ClickAsync();
        await page.Link("Most clicked").ClickAsync();
        await page.SeesAsync("most clicked in 30 days");
        Assert.Equal("spring-sale", await rows.First.GetAttributeAsync("data-row"));
        await page.GoAsync("/admin/links?tag=articles&order=oldest");
        Assert.StartsWith("page00", await rows.First.GetAttributeAsync("data-row"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Marked_links_are_tagged_and_deleted_together_and_the_deletion_is_taken_back()
    {
        using var api = await ClientAsync();
        foreach (var alias in new[] { "bulk-a", "bulk-b" })
            await api.PostAsync("/api/v1/links", System.Net.Http.Json.JsonContent.Create(new { url = $"https://example.com/{alias}", alias, title = $"Bulk {alias}" }), Cancellation);
        await using var page = await dashboard.OpenAsync("/admin/links?q=bulk");
        await page.Page.GetByLabel("Mark bulk-a").CheckAsync();
        await page.Page.GetByLabel("Mark bulk-b").CheckAsync();
        await page.SeesAsync("2 marked");
        await page.Page.Locator("#bulk-tag").FillAsync("together");
        await page.Button("Add tag").ClickAsync();
        await page.SeesAsync("2 links tagged together.");
        await page.GoAsync("/admin/links?tag=together");
        await page.Page.GetByLabel("Mark all on this page").CheckAsync();
        await page.Button("Delete").ClickAsync();
        await page.SeesAsync("2 links deleted.");
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/bulk-a", Cancellation)).StatusCode);
        await page.Button("Undo").ClickAsync();
        await page.SeesAsync("2 links are back.");
        Assert.Equal("https://example.com/bulk-b", (await api.GetAsync("/bulk-b", Cancellation)).Headers.Location?.OriginalString);
        Assert.Contains("\"tags\":[\"together\"]", await api.GetStringAsync("/api/v1/links/bulk-b", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_is_changed_switched_off_and_on_and_deleted_on_its_page()
    {
        using var api = await ClientAsync();
        await api.PostAsync("/api/v1/links", System.Net.Http.Json.JsonContent.Create(new { url = "https://example.com/before", alias = "edited" }), Cancellation);
        await using var page = await dashboard.OpenAsync("/admin/links/edited");
        await page.Page.GetByText("Change this link").ClickAsync();
        await page.Page.GetByLabel("Leads to").FillAsync("https://example.com/after");
        await page.Page.Locator("#e-title").FillAsync("Edited here");
        await page.Button("Save").ClickAsync();
        await page.SeesAsync("Saved. Redirects follow the new link at once.");
        Assert.Equal("https://example.com/after", (await api.GetAsync("/edited", Cancellation)).Headers.Location?.OriginalString);

        await page.SeesAsync("What was done to it");
        await page.SeesAsync(page.Page.Locator(".changes del", new() { HasText = "https://example.com/before" }));

        await page.Button("Switch off").ClickAsync();
        await page.SeesAsync("Switched off: visitors get 410 Gone.");
        Assert.Equal(HttpStatusCode.Gone, (await api.GetAsync("/edited", Cancellation)).StatusCode);
        await page.Button("Switch on").ClickAsync();
        await page.SeesAsync("Switched on.");

        await page.Button("Delete").ClickAsync();
        await page.SeesAsync("Delete edited?");
        await page.Page.Locator("#confirm-yes").ClickAsync();
        await page.SeesAsync("edited is deleted.");
        await page.Button("Undo").ClickAsync();
        await page.SeesAsync("edited is back.");
        Assert.Equal("https://example.com/after", (await api.GetAsync("/edited", Cancellation)).Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task An_undone_deletion_brings_the_clicks_back_too(bool dark, bool phone)
    {
        await using var page = await dashboard.OpenAsync("/admin/links/berlin", dark, phone);
        var clicks = await page.Page.Locator(".figure dd").First.InnerTextAsync();
        Assert.DoesNotMatch("^0", clicks);
        await page.Button("Delete").ClickAsync();
        await page.Page.Locator("#confirm-yes").ClickAsync();
        await page.SeesAsync("berlin is deleted.");
        await page.Button("Undo").ClickAsync();
        await page.SeesAsync("berlin is back.");
        Assert.Equal(clicks, await page.Page.Locator(".figure dd").First.InnerTextAsync());
    }

    [Fact]
    public async Task A_change_over_someone_elses_change_is_refused()
    {
        using var api = await ClientAsync();
        await api.PostAsync("/api/v1/links", System.Net.Http.Json.JsonContent.Create(new { url = "https://example.com/1", alias = "contended" }), Cancellation);
        await using var page = await dashboard.OpenAsync("/admin/links/contended");
        await api.PatchAsync("/api/v1/links/contended", System.Net.Http.Json.JsonContent.Create(new { url = "https://example.com/2" }), Cancellation);
        await page.Page.GetByText("Change this link").ClickAsync();
        await page.Page.GetByLabel("Leads to").FillAsync("https://example.com/3");
        await page.Button("Save").ClickAsync();
        await page.SeesAsync("Someone else changed this link meanwhile.");
        Assert.Equal("https://example.com/2", (await api.GetAsync("/contended", Cancellation)).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Links_come_in_from_a_file_and_go_out_as_one()
    {
        await using var page = await dashboard.OpenAsync("/admin/transfer");
        var csv = "long_url,keyword,title\nhttps://example.com/from/elsewhere,imported-1,From elsewhere\nhttps://example.com/two,imported-2,\n"u8.ToArray();
        await page.Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "links.csv", MimeType = "text/csv", Buffer = csv });
        await page.Button("Import").ClickAsync();
        await page.SeesAsync("2 added.");
        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Link("Links").Last.ClickAsync());
        var file = await download.PathAsync();
        Assert.Contains(File.ReadLines(file), line => line.Contains("\"imported-1\"", StringComparison.Ordinal));
    }

    private async Task<HttpClient> ClientAsync()
    {
        await dashboard.StartAsync();
        return dashboard.Terse.Client();
    }
}
