using System.Net;
using System.Net.Http.Json;
using Microsoft.Playwright;

namespace Terse.EndToEnd.Dashboard;

[Collection(nameof(DashboardTestGroup))]
public sealed class LinksTests(DashboardFixture dashboard)
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory, BothLooks]
    public async Task The_table_is_searched_filtered_sorted_and_turned_over(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/links", look);
        var rows = page.Page.Locator("tr[data-row]");
        await Assertions.Expect(rows).ToHaveCountAsync(50);
        var first = await rows.First.GetAttributeAsync("data-row");
        await page.Link("Next page").ClickAsync();
        await page.Page.WaitForURLAsync("**/admin/links?after=*");
        await page.SeesAsync(page.Page.Locator("tr[data-row^='page']"));
        await page.Page.GoBackAsync();
        await Assertions.Expect(rows.First).ToHaveAttributeAsync("data-row", first!);

        if (look.IsPhone()) await page.Page.GetByLabel("Search links").TapAsync();
        else await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("hiring");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await page.SeesAsync("We are hiring");
        await page.Page.GetByLabel("Search links").FillAsync("nothing has this word");
        await page.SeesAsync("Nothing matches");
        await page.LooksRightAsync();

        await page.GoAsync("/admin/links");
        await page.Link("Off").ClickAsync();
        await page.SeesAsync("switched off");
        await page.SeesNotAsync(page.Page.GetByText("active", new() { Exact = true }));
        await page.LooksRightAsync();
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

    [Theory, BothLooks]
    public async Task Marked_links_are_tagged_and_deleted_together_and_the_deletion_is_taken_back(Look look)
    {
        var (one, other, tag) = ($"{look.Word()}-a", $"{look.Word()}-b", $"together-{look.Word()}");
        using var api = await dashboard.ClientAsync();
        foreach (var alias in new[] { one, other })
            await api.PostAsync("/api/v1/links", JsonContent.Create(new { url = $"https://example.com/{alias}", alias, title = $"Bulk{look.Word()} {alias}" }), Cancellation);
        await using var page = await dashboard.OpenAsync($"/admin/links?q=bulk{look.Word()}", look);
        await page.Page.GetByLabel($"Mark {one}").CheckAsync();
        await page.Page.GetByLabel($"Mark {other}").CheckAsync();
        await page.SeesAsync("2 marked");
        await page.LooksRightAsync();
        await page.Page.Locator("#bulk-tag").FillAsync(tag);
        await page.Button("Add tag").ClickAsync();
        await page.SeesAsync($"2 links tagged {tag}.");
        await page.GoAsync($"/admin/links?tag={tag}");
        await page.Page.GetByLabel("Mark all on this page").CheckAsync();
        await page.Button("Delete").ClickAsync();
        await page.SeesAsync("2 links deleted.");
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"/{one}", Cancellation)).StatusCode);
        await page.Button("Undo").ClickAsync();
        await page.SeesAsync("2 links are back.");
        Assert.Equal($"https://example.com/{other}", (await api.GetAsync($"/{other}", Cancellation)).Headers.Location?.OriginalString);
        Assert.Contains($"\"tags\":[\"{tag}\"]", await api.GetStringAsync($"/api/v1/links/{other}", Cancellation), StringComparison.Ordinal);
    }
}
