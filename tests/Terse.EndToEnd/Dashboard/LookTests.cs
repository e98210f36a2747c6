using System.Text.Json;
using Microsoft.Playwright;

namespace Terse.EndToEnd.Dashboard;

/// <summary>Every page, light and dark, on a desk and on a phone: readable for everyone, and without a sideways scroll bar.</summary>
[Collection(nameof(DashboardTestGroup))]
public sealed class LookTests(DashboardFixture dashboard)
{
    private static readonly string[] Pages =
        ["/admin", "/admin/links", "/admin/links/new", "/admin/links/spring-sale", "/admin/operations", "/admin/keys", "/admin/blocklist", "/admin/webhooks", "/admin/audit", "/admin/transfer", "/admin/planner", "/admin/sign-in",
        // What visitors see: the root, a preview, the form of a password, a link that has ended, and one that never was.
        "/", "/gh+", "/members", "/members+", "/page017", "/nobody"];

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task No_page_has_a_serious_finding_of_axe(bool dark, bool phone)
    {
        var axe = await File.ReadAllTextAsync(Path.Combine(Root, "artifacts/npm/node_modules/axe-core/axe.min.js"), TestContext.Current.CancellationToken);
        await using var page = await dashboard.OpenAsync(dark: dark, phone: phone);
        page.ExpectsRefusals = true;
        using (var api = dashboard.Terse.Client()) (await api.PostAsync("/api/v1/links", System.Net.Http.Json.JsonContent.Create(new { url = "https://example.com/members", alias = "members", password = "open sesame" }), TestContext.Current.CancellationToken)).Dispose();
        var findings = new List<string>();
        foreach (var path in Pages)
        {
            await page.GoAsync(path);
            await page.Page.EvaluateAsync("document.querySelectorAll('details').forEach(details => details.open = !details.closest('.phone-bar'))");
            await page.Page.EvaluateAsync(axe);
            var result = await page.Page.EvaluateAsync<JsonElement>("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => ({ id: v.id, nodes: v.nodes.slice(0, 3).map(n => n.html + ' ' + n.failureSummary) }))");
            findings.AddRange(result.EnumerateArray().Select(finding => $"{path}: {finding}"));
            if (await page.TooWideAsync() is { } tooWide) findings.Add($"{path} {tooWide}");
        }

        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    /// <summary>The pictures in the documentation, drawn anew with TERSE_UPDATE_DOCS=1.</summary>
    [Fact]
    public async Task The_documentation_has_a_picture_of_every_page()
    {
        (string Name, string Path, bool Dark, bool Phone)[] shots =
        [
            ("overview", "/admin", false, false), ("overview-phone", "/admin", false, true), ("overview-dark", "/admin", true, false), ("links", "/admin/links?q=example", false, false), ("links-phone", "/admin/links", true, true),
            ("link", "/admin/links/spring-sale", false, false), ("link-dark", "/admin/links/spring-sale", true, false), ("link-phone", "/admin/links/spring-sale", false, true),
            ("operations-dark", "/admin/operations", true, false), ("operations", "/admin/operations", false, false), ("planner", "/admin/planner?preset=social", false, false), ("planner-dark", "/admin/planner?preset=startup", true, false),
            ("keys", "/admin/keys", false, false), ("audit", "/admin/audit", false, false), ("sign-in", "/admin/sign-in", false, false),
            ("new-link", "/admin/links/new", false, false), ("webhooks", "/admin/webhooks", false, false), ("blocklist", "/admin/blocklist", true, false), ("transfer", "/admin/transfer", false, false),
            ("audit-phone", "/admin/audit", true, true), ("keys-phone", "/admin/keys", false, true),
            ("home", "/", false, false), ("preview", "/spring-sale+", false, false), ("preview-phone", "/spring-sale+", true, true), ("password", "/members", true, false), ("password-phone", "/members", false, true),
            ("ended", "/page017", false, true), ("not-found", "/nobody", true, true),
        ];
        var folder = Path.Combine(Root, "docs/screenshots");
        if (Environment.GetEnvironmentVariable("TERSE_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(folder);
            await dashboard.StartAsync();
            using var api = dashboard.Terse.Client();
            await SendAsync("links", new { url = "https://example.com/members", alias = "members", password = "open sesame" });
            await SendAsync("webhooks", new { url = "https://hooks.example.com/terse", description = "The marketing dashboard", events = new[] { "link.created", "link.changed", "link.deleted" } });
            await SendAsync("keys", new { name = "Newsletter script", scopes = new[] { "read", "write" } });

            async Task SendAsync(string path, object body) => (await api.PostAsync($"/api/v1/{path}", System.Net.Http.Json.JsonContent.Create(body), TestContext.Current.CancellationToken)).Dispose();
            foreach (var shot in shots)
            {
                if (shot.Path.EndsWith("operations", StringComparison.Ordinal)) await BusyAsync();
                await using var page = await dashboard.OpenAsync(dark: shot.Dark, phone: shot.Phone);
                page.ExpectsRefusals = true;
                await page.GoAsync(shot.Path);
                await page.Page.WaitForLoadStateAsync(shot.Path.Contains("operations", StringComparison.Ordinal) || shot.Path.EndsWith("spring-sale", StringComparison.Ordinal) ? LoadState.Load : LoadState.NetworkIdle);
                if (shot.Path.EndsWith("spring-sale", StringComparison.Ordinal)) await page.SeesAsync(page.Page.Locator(".map path.l5"));
                await page.Page.EvaluateAsync("document.activeElement?.blur()");
                await page.Page.ScreenshotAsync(new()
                {
                    Path = Path.Combine(folder, $"{shot.Name}.png"),
                    FullPage = shot.Path.EndsWith("spring-sale", StringComparison.Ordinal) && !shot.Phone,
                    Animations = ScreenshotAnimations.Disabled,
                });
            }
        }

        Assert.All(shots, shot => Assert.True(File.Exists(Path.Combine(folder, $"{shot.Name}.png")), $"docs/screenshots/{shot.Name}.png is missing: run this test with TERSE_UPDATE_DOCS=1."));
    }

    /// <summary>Some seconds of visitors, so that there is something to see.</summary>
    private async Task BusyAsync()
    {
        using var visitor = dashboard.Terse.Client(apiKey: null);
        string[] codes = ["spring-sale", "gh", "spring-sale", "menu", "nothing-here"];
        for (var i = 0; i < 4_000; i++) (await visitor.GetAsync($"/{codes[i % codes.Length]}", TestContext.Current.CancellationToken)).Dispose();
    }

    private static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Terse.slnx"))) folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        return folder.FullName;
    }
}
