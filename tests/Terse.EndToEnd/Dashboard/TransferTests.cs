using Microsoft.Playwright;

namespace Terse.EndToEnd.Dashboard;

[Collection(nameof(DashboardTestGroup))]
public sealed class TransferTests(DashboardFixture dashboard)
{
    [Theory, BothLooks]
    public async Task Links_come_in_from_a_file_and_go_out_as_one_and_the_page_says_how_far_it_is(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/transfer", look);
        await page.Page.EvaluateAsync("""
            () => {
              window.told = [];
              const seen = new MutationObserver(changes => told.push(...changes.map(change => change.target.textContent)));
              for (const place of document.querySelectorAll('[data-import-progress] span, [data-export-progress] span')) seen.observe(place, { childList: true });
            }
            """);
        var csv = System.Text.Encoding.UTF8.GetBytes($"long_url,keyword,title\nhttps://example.com/from/elsewhere,{look.Word()}-1,From elsewhere\nhttps://example.com/two,{look.Word()}-2,\n");
        await page.Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "links.csv", MimeType = "text/csv", Buffer = csv });
        await page.Button("Import").ClickAsync();
        await page.SeesAsync("2 added.");
        Assert.Contains("taken in", string.Join(' ', await page.Page.EvaluateAsync<string[]>("told")), StringComparison.Ordinal);

        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.Locator("[data-export]").First.ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Contains(lines, line => line.Contains($"\"{look.Word()}-1\"", StringComparison.Ordinal));
        await page.SeesAsync($"Done: {lines.Length - 1} links in the file.");
        await page.LooksRightAsync();
    }

    [Theory, BothLooks]
    public async Task A_file_that_is_none_is_refused_with_the_line_and_what_is_wrong(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/transfer", look);
        page.ExpectsRefusals = true;
        await page.Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "picture.csv", MimeType = "text/csv", Buffer = "no,columns,of,ours\n1,2,3,4\n"u8.ToArray() });
        await page.Button("Import").ClickAsync();
        await page.SeesAsync(page.Page.Locator(".notice.bad"));
        Assert.Matches("(?i)column|format", await page.Page.Locator("[data-import-report]").InnerTextAsync());
        await page.LooksRightAsync();
    }
}
