using System.Net;
using System.Net.Http.Json;

namespace Terse.EndToEnd.Dashboard;

[Collection(nameof(DashboardTestGroup))]
public sealed class LinkPageTests(DashboardFixture dashboard)
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory, BothLooks]
    public async Task A_link_is_changed_switched_off_and_on_and_deleted_on_its_page(Look look)
    {
        var alias = $"edited-{look.Word()}";
        using var api = await dashboard.ClientAsync();
        await api.PostAsync("/api/v1/links", JsonContent.Create(new { url = "https://example.com/before", alias }), Cancellation);
        await using var page = await dashboard.OpenAsync($"/admin/links/{alias}", look);
        await page.Page.GetByText("Change this link").ClickAsync();
        await page.Page.GetByLabel("Leads to").FillAsync("https://example.com/after");
        await page.Page.Locator("#e-title").FillAsync("Edited here");
        await page.LooksRightAsync();
        await page.Button("Save").ClickAsync();
        await page.SeesAsync("Saved. Redirects follow the new link at once.");
        Assert.Equal("https://example.com/after", (await api.GetAsync($"/{alias}", Cancellation)).Headers.Location?.OriginalString);

        await page.SeesAsync("What was done to it");
        await page.SeesAsync(page.Page.Locator(".changes del", new() { HasText = "https://example.com/before" }));
        await page.LooksRightAsync();

        await page.Button("Switch off").ClickAsync();
        await page.SeesAsync("Switched off: visitors get 410 Gone.");
        Assert.Equal(HttpStatusCode.Gone, (await api.GetAsync($"/{alias}", Cancellation)).StatusCode);
        await page.Button("Switch on").ClickAsync();
        await page.SeesAsync("Switched on.");

        await page.Button("Delete").ClickAsync();
        await page.SeesAsync($"Delete {alias}?");
        await page.LooksRightAsync();
        await page.ConfirmAsync();
        await page.SeesAsync($"{alias} is deleted.");
        await page.Button("Undo").ClickAsync();
        await page.SeesAsync($"{alias} is back.");
        Assert.Equal("https://example.com/after", (await api.GetAsync($"/{alias}", Cancellation)).Headers.Location?.OriginalString);
    }

    [Theory, EveryLook]
    public async Task An_undone_deletion_brings_the_clicks_back_too(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/links/berlin", look);
        var clicks = await page.Page.Locator(".figure dd").First.InnerTextAsync();
        Assert.DoesNotMatch("^0", clicks);
        await page.Button("Delete").ClickAsync();
        await page.ConfirmAsync();
        await page.SeesAsync("berlin is deleted.");
        await page.LooksRightAsync();
        await page.Button("Undo").ClickAsync();
        await page.SeesAsync("berlin is back.");
        Assert.Equal(clicks, await page.Page.Locator(".figure dd").First.InnerTextAsync());
    }

    [Fact]
    public async Task A_change_over_someone_elses_change_is_refused()
    {
        using var api = await dashboard.ClientAsync();
        await api.PostAsync("/api/v1/links", JsonContent.Create(new { url = "https://example.com/1", alias = "contended" }), Cancellation);
        await using var page = await dashboard.OpenAsync("/admin/links/contended");
        await api.PatchAsync("/api/v1/links/contended", JsonContent.Create(new { url = "https://example.com/2" }), Cancellation);
        await page.Page.GetByText("Change this link").ClickAsync();
        await page.Page.GetByLabel("Leads to").FillAsync("https://example.com/3");
        await page.Button("Save").ClickAsync();
        await page.SeesAsync("Someone else changed this link meanwhile.");
        Assert.Equal("https://example.com/2", (await api.GetAsync("/contended", Cancellation)).Headers.Location?.OriginalString);
    }

    [Theory, BothLooks]
    public async Task The_short_URL_is_copied_and_its_QR_code_is_had_in_any_colour_and_size(Look look)
    {
        await using var page = await dashboard.OpenAsync("/admin/links/gh", look);
        await page.Page.Locator("[data-main-copy]").ClickAsync();
        await page.SeesAsync("Copied http");
        Assert.Equal($"{dashboard.Terse.Url.GetLeftPart(UriPartial.Authority)}/gh", await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));

        await page.Button("QR code").ClickAsync();
        await page.Page.GetByLabel("Colour").FillAsync("#0b5fff");
        await page.Page.GetByLabel("Size of the picture").FillAsync("400");
        await page.Page.WaitForFunctionAsync("() => { const picture = document.querySelector('.qr-picture'); return picture.src.includes('dark=0b5fff') && picture.complete && picture.naturalWidth > 0; }");
        await page.SeesAsync("400 pixels");
        await page.LooksRightAsync();
        var png = await page.Page.RunAndWaitForDownloadAsync(() => page.Link("PNG").ClickAsync());
        var bytes = await File.ReadAllBytesAsync(await png.PathAsync(), Cancellation);
        Assert.InRange(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)), 300, 400);
        var svg = await page.Page.RunAndWaitForDownloadAsync(() => page.Link("SVG").ClickAsync());
        Assert.Contains("#0b5fff", await File.ReadAllTextAsync(await svg.PathAsync(), Cancellation), StringComparison.OrdinalIgnoreCase);
    }
}
