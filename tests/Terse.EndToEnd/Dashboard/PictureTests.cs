using System.Net.Http.Json;
using Microsoft.Playwright;
using Terse.Servers;

namespace Terse.EndToEnd.Dashboard;

/// <summary>
/// The pictures in the documentation, drawn anew with <c>TERSE_UPDATE_DOCS=1</c>; with <c>TERSE_PICTURES=links,ended</c> beside it, those alone. Each set is of an
/// instance in one state.
/// </summary>
[Collection(nameof(DashboardTestGroup))]
public sealed class PictureTests(DashboardFixture dashboard) : WithDataDirectory
{
    private const string Spring = "/admin/links/spring-sale";
    private static readonly string Folder = Path.Combine(Repository.Root, "docs/screenshots");
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private static readonly Picture[] Busy =
    [
        new("overview", "/admin", WholePage: true), new("overview-phone", "/admin", Look.LightPhone), new("overview-dark", "/admin", Look.DarkDesk), new("links", "/admin/links?q=example"), new("links-phone", "/admin/links", Look.DarkPhone),
        new("link", Spring, WholePage: true), new("link-dark", Spring, Look.DarkDesk, WholePage: true), new("link-phone", Spring, Look.LightPhone), new("link-taken-down", "/admin/links/prize"),
        new("operations", "/admin/operations", WholePage: true), new("operations-dark", "/admin/operations", Look.DarkDesk), new("planner", "/admin/planner?preset=social"), new("planner-dark", "/admin/planner?preset=startup", Look.DarkDesk),
        new("keys", "/admin/keys"), new("audit", "/admin/audit"), new("sign-in", "/admin/sign-in"), new("webhooks", "/admin/webhooks"), new("blocklist", "/admin/blocklist", Look.DarkDesk), new("transfer", "/admin/transfer", Then: ExportAsync),
        new("new-link", "/admin/links", Then: UnfoldAsync), new("new-link-phone", "/admin/links", Look.DarkPhone, Then: UnfoldAsync),
        new("qr", "/admin/links/gh", Then: page => page.Button("QR code").ClickAsync()), new("keyboard", "/admin/links", Look.DarkDesk, Then: page => page.Page.Keyboard.PressAsync("?")),
        new("audit-phone", "/admin/audit", Look.DarkPhone), new("keys-phone", "/admin/keys", Look.LightPhone),
        new("home", "/"), new("preview", "/spring-sale+"), new("preview-phone", "/spring-sale+", Look.DarkPhone), new("password", "/members", Look.DarkDesk), new("password-phone", "/members", Look.LightPhone),
        new("report", "/spring-sale+", WholePage: true, Then: page => page.Page.GetByText("Report this link").ClickAsync()),
        new("ended", "/page017", Look.LightPhone), new("not-found", "/nobody", Look.DarkPhone), new("taken-down", "/prize", Look.LightPhone),
    ];

    private static readonly Picture[] Empty =
    [
        new("empty-overview", "/admin"), new("empty-links", "/admin/links"), new("empty-search", "/admin/links?q=nowhere"), new("empty-clicked", "/admin/links?order=clicks"),
        new("empty-webhooks", "/admin/webhooks"), new("empty-blocklist", "/admin/blocklist"), new("empty-audit", "/admin/audit?subject=link:nothing"), new("empty-operations", "/admin/operations", WholePage: true),
        new("empty-link", "/admin/links/first", WholePage: true, Ready: NewLinkAsync),
    ];

    private static readonly Picture[] Branded =
        [new("brand", "/offer+"), new("brand-phone", "/offer+", Look.DarkPhone), new("brand-password", "/members", Look.LightPhone), new("brand-not-found", "/nobody", Look.LightPhone)];

    private static readonly Picture[] Away = [new("operations-away", "/admin/operations", WholePage: true), new("operations-away-phone", "/admin/operations", Look.DarkPhone, Then: page => page.Page.GetByRole(AriaRole.Heading, new() { Name = "Stores and brokers" }).EvaluateAsync("heading => heading.scrollIntoView()"))];

    [Fact]
    public void Every_picture_of_the_documentation_is_one_that_a_test_draws()
    {
        var drawn = new[] { Busy, Empty, Branded, Away }.SelectMany(set => set).Select(picture => $"{picture.Name}.png").Order(StringComparer.Ordinal);
        Assert.Equal(drawn, Directory.EnumerateFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_busy_instance_is_drawn()
    {
        if (Wanted(Busy) is not { Length: > 0 } pictures) return;
        using var api = await dashboard.ClientAsync();
        await SendAsync(api, "links", new { url = "https://example.com/members", alias = "members", password = "open sesame" });
        await SendAsync(api, "links", new { url = "https://prizes.example.net/claim?id=7", alias = "prize", title = "You have won" });
        await SendAsync(api, "links/prize/takedown", new { reason = "phishing", note = "Reported three times" });
        await SendAsync(api, "webhooks", new { url = "https://hooks.example.com/terse", description = "The marketing dashboard", events = new[] { "link.created", "link.changed", "link.deleted" } });
        await SendAsync(api, "keys", new { name = "Newsletter script", scopes = new[] { "read", "write" } });
        (await api.PatchAsync("/api/v1/links/menu", JsonContent.Create(new { url = "https://cafe.example.com/menu-winter.pdf" }), Cancellation)).Dispose();
        await DrawAsync(dashboard.Terse, pictures);
    }

    [Fact]
    public async Task An_empty_instance_is_drawn()
    {
        if (Wanted(Empty) is not { Length: > 0 } pictures) return;
        await dashboard.StartAsync();
        await using var terse = await TerseProcess.ServeAsync(Data);
        await DrawAsync(terse, pictures);
    }

    [Fact]
    public async Task An_operators_brand_is_drawn()
    {
        if (Wanted(Branded) is not { Length: > 0 } pictures) return;
        await dashboard.StartAsync();
        var logo = Path.Combine(Data, "logo.svg");
        await File.WriteAllTextAsync(logo, Brands.Logo, Cancellation);
        await using var terse = await TerseProcess.ServeAsync(Data, more: ["--set", "Brand:Name=Acme, short links", "--set", $"Brand:Color={Brands.Colour}", "--set", $"Brand:LogoFile={logo}"]);
        using var api = terse.Client();
        await SendAsync(api, "links", new { url = "https://acme.example/offers/winter?utm_source=mail", alias = "offer", title = "The winter offer" });
        await SendAsync(api, "links", new { url = "https://acme.example/members", alias = "members", password = "open sesame" });
        await DrawAsync(terse, pictures);
    }

    /// <summary>Not only drawn: an operator who looks at this page in a bad hour must be able to trust it.</summary>
    [Theory, BothLooks]
    public async Task A_broker_and_a_cache_that_are_away_are_named_with_what_that_means(Look look)
    {
        await dashboard.StartAsync();
        await using var nats = await NatsServer.StartAsync();
        await using var redis = await RedisServer.StartAsync();
        await using var terse = await TerseProcess.ServeAsync(Data, more: ["--set", "Stores:Queue=Nats", "--set", $"Nats:Url={nats.Url}", "--set", $"Redis:Endpoints={redis.Endpoint}"]);
        await using var page = await DashboardPage.OpenAsync(dashboard.Browser, terse.Url, look: look);
        await page.SignInAsync(TerseProcess.AdminKey);
        await page.GoAsync("/admin/operations");
        await page.SeesAsync("all well");
        await nats.KillAsync();
        await page.Page.ReloadAsync();
        await page.SeesAsync("Redirects go on; clicks wait in the log of each node until it is back.");
        await redis.KillAsync();
        await page.Page.ReloadAsync();
        await page.SeesAsync("Redirects go on: what L1 does not have is read from the link store.");
        await page.SeesAsync("something is away");
        await page.LooksRightAsync();
        if (Wanted(Away).Where(picture => picture.Look == look).ToArray() is { Length: > 0 } pictures) await DrawAsync(terse, pictures);
    }

    private async Task DrawAsync(TerseProcess terse, Picture[] pictures)
    {
        await using var first = await DashboardPage.OpenAsync(dashboard.Browser, terse.Url);
        await first.SignInAsync(TerseProcess.AdminKey);
        var session = await first.Page.Context.StorageStateAsync();
        foreach (var picture in pictures)
        {
            if (picture.Name is "operations" or "operations-dark") await VisitAsync(terse);
            if (picture.Ready is not null) await picture.Ready(terse);
            await using var page = await DashboardPage.OpenAsync(dashboard.Browser, terse.Url, session, picture.Look);
            page.ExpectsRefusals = true;
            await page.GoAsync(picture.Path);

            // A page that listens to a stream is never idle.
            var streams = picture.Path.EndsWith("operations", StringComparison.Ordinal) || picture.Path.StartsWith("/admin/links/", StringComparison.Ordinal);
            await page.Page.WaitForLoadStateAsync(streams ? LoadState.Load : LoadState.NetworkIdle);
            if (picture.Path == Spring) await page.SeesAsync(page.Page.Locator(".map path.l5"));
            await page.Page.EvaluateAsync("document.activeElement?.blur()");
            if (picture.Then is not null) await picture.Then(page);
            Directory.CreateDirectory(Folder);
            await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{picture.Name}.png"), FullPage = picture.WholePage, Animations = ScreenshotAnimations.Disabled });
        }
    }

    /// <summary>Some seconds of visitors, so that there is something to see.</summary>
    private static async Task VisitAsync(TerseProcess terse)
    {
        using var visitor = terse.Client(apiKey: null);
        string[] codes = ["spring-sale", "gh", "spring-sale", "menu", "nothing-here"];
        for (var i = 0; i < 4_000; i++) (await visitor.GetAsync($"/{codes[i % codes.Length]}", Cancellation)).Dispose();
    }

    private static async Task UnfoldAsync(DashboardPage page)
    {
        var form = await page.StartLinkAsync();
        await form.Locator("[name=url]").FillAsync("https://shop.example.com/summer/sale");
        await form.GetByText("Alias, expiry, tags and more").ClickAsync();
        await form.GetByLabel("Alias").FillAsync("summer-sale");
        await form.GetByLabel("Ends after", new() { Exact = true }).FillAsync("2 weeks");
        await form.GetByLabel("Tags").FillAsync("newsletter, summer");
        await page.SeesAsync("Free.");
        await page.SeesAsync(form.Locator("[data-hint=expiry].ok"));
    }

    private static async Task ExportAsync(DashboardPage page)
    {
        await page.Page.RunAndWaitForDownloadAsync(() => page.Page.Locator("[data-export]").First.ClickAsync());
        await page.SeesAsync("links in the file.");
    }

    private static async Task NewLinkAsync(TerseProcess terse)
    {
        using var api = terse.Client();
        await SendAsync(api, "links", new { url = "https://example.com/the/first", alias = "first", title = "The first link" });
    }

    private static async Task SendAsync(HttpClient api, string path, object body)
    {
        using var answer = await api.PostAsync($"/api/v1/{path}", JsonContent.Create(body), Cancellation);
        Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == System.Net.HttpStatusCode.Conflict, $"{path}: {await answer.Content.ReadAsStringAsync(Cancellation)}");
    }

    private static Picture[] Wanted(Picture[] all)
    {
        if (Environment.GetEnvironmentVariable("TERSE_UPDATE_DOCS") != "1") return [];
        return Environment.GetEnvironmentVariable("TERSE_PICTURES")?.Split(',') is { } named ? [.. all.Where(picture => named.Contains(picture.Name))] : all;
    }

    /// <summary>A picture, what is done to the instance before it (<c>Ready</c>) and on the page (<c>Then</c>).</summary>
    private sealed record Picture(string Name, string Path, Look Look = Look.LightDesk, bool WholePage = false, Func<TerseProcess, Task>? Ready = null, Func<DashboardPage, Task>? Then = null);
}
