using System.Net.Http.Json;

namespace Terse.EndToEnd.Dashboard;

/// <summary>Every page, light and dark, on a desk and on a phone: readable for everyone, and without a sideways scroll bar.</summary>
[Collection(nameof(DashboardTestGroup))]
public sealed class LookTests(DashboardFixture dashboard)
{
    private static readonly string[] Pages =
        ["/admin", "/admin/links", "/admin/links/new", "/admin/links/spring-sale", "/admin/operations", "/admin/keys", "/admin/blocklist", "/admin/webhooks", "/admin/audit", "/admin/transfer", "/admin/planner", "/admin/sign-in",
        // What visitors see: the root, a preview, the form of a password, a link that has ended, and one that never was.
        "/", "/gh+", "/members", "/members+", "/page017", "/nobody"];

    [Theory, EveryLook]
    public async Task No_page_has_a_serious_finding_of_axe(Look look)
    {
        await using var page = await dashboard.OpenAsync(look: look);
        page.ExpectsRefusals = true;
        using (var api = dashboard.Terse.Client()) (await api.PostAsync("/api/v1/links", JsonContent.Create(new { url = "https://example.com/members", alias = "members", password = "open sesame" }), TestContext.Current.CancellationToken)).Dispose();
        var findings = new List<string>();
        foreach (var path in Pages)
        {
            await page.GoAsync(path);
            await page.Page.EvaluateAsync("document.querySelectorAll('details').forEach(details => details.open = !details.closest('.phone-bar'))");
            findings.AddRange(await page.FindingsAsync());
        }

        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }
}
