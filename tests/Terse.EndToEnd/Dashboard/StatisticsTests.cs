using Microsoft.Playwright;

namespace Terse.EndToEnd.Dashboard;

[Collection(nameof(DashboardTestGroup))]
public sealed class StatisticsTests(DashboardFixture dashboard)
{
    [Fact]
    public async Task A_bar_filters_the_whole_page_and_a_second_click_shows_all_again()
    {
        await using var page = await dashboard.OpenAsync("/admin/links/spring-sale");
        var clicks = page.Page.Locator(".figure dd").First;
        var all = Number(await clicks.InnerTextAsync());
        var germany = page.Page.Locator(".bars a", new() { HasText = "Germany" });
        var share = Number(await germany.Locator(".n").InnerTextAsync());
        Assert.InRange(share, 1, all - 1);
        await germany.ClickAsync();
        await page.SeesAsync("country: DE");
        await Assertions.Expect(clicks).ToContainTextAsync(share.ToString("N0", System.Globalization.CultureInfo.InvariantCulture));
        await page.Page.Locator(".bars a", new() { HasText = "Germany" }).ClickAsync();
        await page.SeesNotAsync(page.Page.GetByText("country: DE"));
        Assert.Equal(all, Number(await page.Page.Locator(".figure dd").First.InnerTextAsync()));
    }

    [Fact]
    public async Task Dragging_over_the_chart_zooms_everything()
    {
        await using var page = await dashboard.OpenAsync("/admin/links/spring-sale");
        var all = Number(await page.Page.Locator(".figure dd").First.InnerTextAsync());
        var plot = page.Page.Locator(".chart .u-over");
        var box = (await plot.BoundingBoxAsync())!;
        await page.Page.Mouse.MoveAsync(box.X + box.Width * 0.5f, box.Y + 60);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(box.X + box.Width * 0.6f, box.Y + 60, new() { Steps = 4 });
        await page.Page.Mouse.MoveAsync(box.X + box.Width * 0.7f, box.Y + 60, new() { Steps = 4 });
        await page.Page.Mouse.UpAsync();
        await page.Page.WaitForURLAsync("**from=*");
        await page.SeesAsync(page.Page.GetByTitle("Leave the zoom"));
        Assert.InRange(Number(await page.Page.Locator(".figure dd").First.InnerTextAsync()), 1, all - 1);
    }

    [Fact]
    public async Task The_map_shows_where_clicks_come_from_and_a_country_filters()
    {
        await using var page = await dashboard.OpenAsync("/admin/links/spring-sale");
        await page.SeesAsync(page.Page.Locator(".map path.l5[data-c=US]"));
        await page.Page.Locator(".map path[data-c=BR]").DispatchEventAsync("click");
        await page.SeesAsync("country: BR");
    }

    [Fact]
    public async Task A_click_shows_up_on_the_open_page_when_it_happens()
    {
        await using var page = await dashboard.OpenAsync("/admin/links/menu");
        await page.SeesAsync(page.Page.Locator("[data-live-state]"));
        using var visitor = dashboard.Terse.Client(apiKey: null);
        visitor.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        visitor.DefaultRequestHeaders.Referrer = new Uri("https://news.example.org/today");
        (await visitor.GetAsync("/menu", TestContext.Current.CancellationToken)).Dispose();
        await page.SeesAsync("Firefox, desktop, from news.example.org");
    }

    [Fact]
    public async Task The_overview_ranks_links_and_draws_their_month()
    {
        await using var page = await dashboard.OpenAsync("/admin");
        await page.SeesAsync(page.Page.Locator(".chart canvas"));
        Assert.Equal("spring-sale", await page.Page.Locator(".bars a span.clip").First.InnerTextAsync());
    }

    [Fact]
    public async Task The_table_shows_the_clicks_of_two_weeks()
    {
        await using var page = await dashboard.OpenAsync("/admin/links?q=spring-sale");
        await page.SeesAsync(page.Page.Locator("tr[data-row=spring-sale] .spark"));
        Assert.InRange(Number(await page.Page.Locator("td[data-clicks=spring-sale]").InnerTextAsync()), 100, 100_000);
    }

    private static int Number(string text) =>
        int.Parse(System.Text.RegularExpressions.Regex.Match(text, "[0-9][0-9,]*").Value, System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture);
}
