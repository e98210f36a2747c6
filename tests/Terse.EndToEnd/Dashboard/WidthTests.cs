using System.Net.Http.Json;

namespace Terse.EndToEnd.Dashboard;

/// <summary>
/// Pages full of the longest that may be written into them. 320 pixels is what WCAG 2.2 (1.4.10, reflow) asks for; the letters set wide stand for
/// fonts wider than the one that this machine happens to have.
/// </summary>
[Collection(nameof(DashboardTestGroup))]
public sealed class WidthTests(DashboardFixture dashboard) : WithDataDirectory
{
    private static readonly string Code = new('w', 64);
    private static readonly string Tag = new('x', 50);
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private static readonly string[] Pages =
    [
        "/admin", "/admin/links", $"/admin/links?tag={Tag}&q={Code}", "/admin/links/new", $"/admin/links/{Code}", "/admin/links/titled", $"/admin/links/{Code[1..]}", "/admin/operations",
        "/admin/keys", "/admin/blocklist", "/admin/webhooks", "/admin/audit", $"/admin/audit?subject=link:{Code}", "/admin/transfer", "/admin/planner", "/admin/sign-in",
        "/", $"/{Code}+", "/titled+", "/secret", "/secret+", "/off", $"/{Code[1..]}",
    ];

    [Fact]
    public async Task No_content_and_no_font_widens_a_page()
    {
        await dashboard.StartAsync();
        await using var terse = await TerseProcess.ServeAsync(Data);
        await FillAsync(terse);
        await using var first = await DashboardPage.OpenAsync(dashboard.Browser, terse.Url, look: Look.LightPhone);
        await first.SignInAsync(TerseProcess.AdminKey);
        var session = await first.Page.Context.StorageStateAsync();
        await first.GoAsync($"/admin/links/{Code}");
        await first.Page.WaitForFunctionAsync("async () => (await (await fetch(location.href)).text()).includes('cccccccc')", null, new() { PollingInterval = 200 });

        var findings = new List<string>();
        foreach (var (width, spacing) in new[] { (320, "normal"), (390, "0.06em"), (810, "0.06em"), (1360, "normal") })
        {
            await using var page = await DashboardPage.OpenAsync(dashboard.Browser, terse.Url, session, width < 800 ? Look.LightPhone : Look.LightDesk, width: width);
            page.ExpectsRefusals = true;
            foreach (var path in Pages)
            {
                await page.GoAsync(path);
                await page.Page.EvaluateAsync($"() => {{ document.body.style.letterSpacing = '{spacing}'; document.querySelectorAll('details').forEach(details => details.open = !details.closest('.phone-bar')); }}");
                if (await page.TooWideAsync() is { } tooWide) findings.Add($"At {width} pixels, {path} {tooWide}");
            }
        }

        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    private static async Task FillAsync(TerseProcess terse)
    {
        using var api = terse.Client();
        await SendAsync(HttpMethod.Post, "links", new { url = "https://shop.example.com/" + Many("unbroken", 60), alias = Code, tags = new[] { Tag, new string('y', 50), "short" } });
        await SendAsync(HttpMethod.Post, "links", new { url = "https://shop.example.com/", alias = "titled", title = new string('W', 300) });
        await SendAsync(HttpMethod.Post, "links", new { url = "https://example.com/", alias = "secret", password = "open sesame" });
        await SendAsync(HttpMethod.Post, "links", new { url = "https://example.com/", alias = "off" });
        await SendAsync(HttpMethod.Patch, "links/off", new { disabled = true });
        await SendAsync(HttpMethod.Patch, $"links/{Code}", new { url = "https://other.example.com/" + Many("broken", 60) });
        await SendAsync(HttpMethod.Post, "keys", new { name = new string('K', 100), scopes = new[] { "read", "write", "admin" } });
        await SendAsync(HttpMethod.Post, "webhooks", new { url = "https://hooks.example.com/" + new string('h', 300), events = new[] { "link.created" } });

        using var visitor = terse.Client(apiKey: null);
        visitor.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        visitor.DefaultRequestHeaders.Referrer = new Uri($"https://{new string('r', 60)}.{new string('q', 60)}.example.org/");
        for (var i = 0; i < 5; i++) (await visitor.GetAsync($"/{Code}?utm_campaign={new string('c', 90)}", Cancellation)).Dispose();

        async Task SendAsync(HttpMethod method, string path, object body)
        {
            using var answer = await api.SendAsync(new(method, "/api/v1/" + path) { Content = JsonContent.Create(body) }, Cancellation);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync(Cancellation)}");
        }
    }

    private static string Many(string word, int times) => string.Concat(Enumerable.Repeat(word, times));
}
