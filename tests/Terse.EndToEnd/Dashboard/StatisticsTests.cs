using Microsoft.Playwright;

namespace Terse.EndToEnd.Dashboard;

[Collection(nameof(DashboardTestGroup))]
public sealed class StatisticsTests(DashboardFixture dashboard)
{
    [Theory, BothLooks]
    public async Task A_bar_filters_the_whole_page_and_a_second_click_shows_all_again(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/links/spring-sale", look);
        var clicks = page.Page.Locator(".figure dd").First;
        var all = Number(await clicks.InnerTextAsync());
        var germany = page.Page.Locator(".bars a", new() { HasText = "Germany" });
        var share = Number(await germany.Locator(".n").InnerTextAsync());
        Assert.InRange(share, 1, all - 1);
        await germany.ClickAsync();
        await page.SeesAsync("country: DE");
        await page.LooksRightAsync();
        await Assertions.Expect(clicks).ToContainTextAsync(share.ToString("N0", System.Globalization.CultureInfo.InvariantCulture));
        await page.Page.Locator(".bars a", new() { HasText = "Germany" }).ClickAsync();
        await page.SeesNotAsync(page.Page.GetByText("country: DE"));
        Assert.Equal(all, Number(await page.Page.Locator(".figure dd").First.InnerTextAsync()));
    }

    [Theory, BothLooks]
    public async Task Dragging_over_the_chart_zooms_everything(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/links/spring-sale", look);
        var all = Number(await page.Page.Locator(".figure dd").First.InnerTextAsync());
        var plot = page.Page.Locator(".chart .u-over");
        await plot.ScrollIntoViewIfNeededAsync();
        var box = (await plot.BoundingBoxAsync())!;
        if (look.IsPhone()) await DragWithAFingerAsync(page, box);
        else await DragAsync(page, box);
        await page.Page.WaitForURLAsync("**from=*");
        await page.SeesAsync(page.Page.GetByTitle("Leave the zoom"));
        Assert.InRange(Number(await page.Page.Locator(".figure dd").First.InnerTextAsync()), 1, all - 1);
        await page.LooksRightAsync();
    }

    [Theory, BothLooks]
    public async Task The_map_shows_where_clicks_come_from_and_a_country_filters(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/links/spring-sale", look);
        await page.SeesAsync(page.Page.Locator(".map path.l5[data-c=US]"));
        await page.Page.Locator(".map path[data-c=BR]").DispatchEventAsync("click");
        await page.SeesAsync("country: BR");
    }

    [Theory, BothLooks]
    public async Task A_click_shows_up_on_the_open_page_when_it_happens(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/links/menu", look);
        await page.SeesAsync(page.Page.Locator("[data-live-state]"));
        using var visitor = dashboard.Terse.Client(apiKey: null);
        visitor.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        visitor.DefaultRequestHeaders.Referrer = new Uri("https://news.example.org/today");
        (await visitor.GetAsync("/menu", TestContext.Current.CancellationToken)).Dispose();
        await page.SeesAsync("Firefox, desktop, from news.example.org");
        await page.LooksRightAsync();
    }

    [Theory, BothLooks]
    public async Task The_overview_ranks_links_draws_their_month_and_says_what_changed(Look look)
    {
        using (var api = await dashboard.ClientAsync())
            (await api.PatchAsync("/api/v1/links/standup", System.Net.Http.Json.JsonContent.Create(new { title = $"Stand-up, {look}" }), TestContext.Current.CancellationToken)).Dispose();
        await using var page = await dashboard.OpenAsync("/admin", look);
        await page.SeesAsync(page.Page.Locator(".chart canvas"));
        Assert.Equal("spring-sale", await page.Page.Locator(".bars a span.clip").First.InnerTextAsync());
        await page.SeesAsync(page.Page.GetByRole(AriaRole.Region, new() { Name = "What changed" }).GetByText($"Stand-up, {look}"));
        await page.LooksRightAsync();
    }

    [Fact]
    public async Task The_table_shows_the_clicks_of_two_weeks()
    {
        await using var page = await dashboard.OpenAsync("/admin/links?q=spring-sale");
        await page.SeesAsync(page.Page.Locator("tr[data-row=spring-sale] .spark"));
        Assert.InRange(Number(await page.Page.Locator("td[data-clicks=spring-sale]").InnerTextAsync()), 100, 100_000);
    }

    private static async Task DragAsync(DashboardPage page, LocatorBoundingBoxResult box)
    {
        await page.Page.Mouse.MoveAsync(box.X + box.Width * 0.5f, box.Y + 60);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(box.X + box.Width * 0.6f, box.Y + 60, new() { Steps = 4 });
        await page.Page.Mouse.MoveAsync(box.X + box.Width * 0.7f, box.Y + 60, new() { Steps = 4 });
        await page.Page.Mouse.UpAsync();
    }

    private static async Task DragWithAFingerAsync(DashboardPage page, LocatorBoundingBoxResult box)
    {
        var browser = await page.Page.Context.NewCDPSessionAsync(page.Page);
        await TouchAsync("touchStart", 0.5f);
        foreach (var at in new[] { 0.55f, 0.6f, 0.65f, 0.7f }) await TouchAsync("touchMove", at);
        await browser.SendAsync("Input.dispatchTouchEvent", new() { ["type"] = "touchEnd", ["touchPoints"] = Array.Empty<object>() });

        Task TouchAsync(string type, float at) => browser.SendAsync("Input.dispatchTouchEvent", new()
        {
            ["type"] = type,
            ["touchPoints"] = new[] { new Dictionary<string, object> { ["x"] = box.X + box.Width * at, ["y"] = box.Y + 60 } },
        });
    }

    private static int Number(string text) =>
        int.Parse(System.Text.RegularExpressions.Regex.Match(text, "[0-9][0-9,]*").Value, System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture);
}
