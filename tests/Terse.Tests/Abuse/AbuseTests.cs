using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Terse.Abuse;
using Terse.Links;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Abuse;

public sealed class AbuseTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;
    private TerseInstance _terse = null!;

    public async ValueTask InitializeAsync()
    {
        _terse = await TerseInstance.StartAsync(new() { ["Terse:TrustedProxies"] = "127.0.0.0/8" });

        // Here the test says when the blocklist is looked at.
        await _terse.App.Services.GetRequiredService<BlocklistRescan>().StopAsync(Cancelled);
    }

    public ValueTask DisposeAsync() => _terse.DisposeAsync();

    [Theory]
    [InlineData("phishing", 410)]
    [InlineData("legal", 451)]
    public async Task A_link_taken_down_says_so_at_once_and_comes_back_when_restored(string reason, int status)
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "bad", edgeTtl = 3600 });
        using (await _terse.Anonymous.GetAsync("/bad", Cancelled)) { }

        using (var taken = await _terse.Admin.PostJsonAsync("/api/v1/links/bad/takedown", new { reason, note = "ticket 7" }))
        {
            var link = await taken.JsonAsync();
            Assert.Equal((reason, "taken-down"), (link.Text("takenDown"), link.Text("state")));
        }

        using (var visit = await _terse.Anonymous.GetAsync("/bad", Cancelled)) await visit.ProblemAsync(status, "link-taken-down");
        using (var preview = await _terse.Anonymous.GetAsync("/bad+", Cancelled)) Assert.Equal(status, (int)preview.StatusCode);
        using (var page = await BrowseAsync("/bad"))
        {
            Assert.Equal(status, (int)page.StatusCode);
            Assert.DoesNotContain("example.com", await page.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        }

        using (await _terse.Admin.PostAsync("/api/v1/links/bad/restore", null, Cancelled)) { }
        using (var visit = await _terse.Anonymous.GetAsync("/bad", Cancelled)) Assert.Equal(HttpStatusCode.Found, visit.StatusCode);
        var history = (await GetAsync("/api/v1/links/bad/history")).GetProperty("entries");
        Assert.Equal(["link.restored", "link.taken-down", "link.created"], history.EnumerateArray().Select(entry => entry.Text("action")));
        Assert.Equal("ticket 7", history[1].GetProperty("after").Text("note"));
    }

    [Fact]
    public async Task An_owner_cannot_undo_a_take_down_by_changing_the_link()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "bad" });
        using (await _terse.Admin.PostJsonAsync("/api/v1/links/bad/takedown", new { reason = "spam" })) { }

        using (await _terse.Admin.PatchAsync("/api/v1/links/bad", new StringContent("""{"url":"https://example.com/other","disabled":false}""", System.Text.Encoding.UTF8, "application/json"), Cancelled)) { }

        using var visit = await _terse.Anonymous.GetAsync("/bad", Cancelled);
        Assert.Equal(HttpStatusCode.Gone, visit.StatusCode);
    }

    [Theory]
    [InlineData("blocklist")]
    [InlineData("3")]
    [InlineData("because")]
    [InlineData(null)]
    public async Task A_reason_that_is_none_is_refused(string? reason)
    {
        using var response = await _terse.Admin.PostJsonAsync("/api/v1/links/any/takedown", new { reason });
        Assert.Equal(["reason"], (await response.ProblemAsync(400, "validation-failed")).ErrorFields());
    }

    [Fact]
    public async Task A_report_from_the_preview_page_is_listed_with_the_link_as_it_is_now()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "bad" });
        using (var preview = await BrowseAsync("/bad+"))
        {
            Assert.Contains("action=\"bad+\"", await preview.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
            Assert.Contains("form-action 'self'", preview.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }

        using (var sent = await ReportAsync("bad", "phishing", " It asks for <b>my</b> password ")) Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        using (await _terse.Admin.PostJsonAsync("/api/v1/links/bad/takedown", new { reason = "phishing" })) { }

        var report = Assert.Single((await GetAsync("/api/v1/reports")).GetProperty("reports").EnumerateArray());
        Assert.Equal(("bad", "phishing", "It asks for <b>my</b> password"), (report.Text("code"), report.Text("reason"), report.Text("message")));
        Assert.Equal(("https://example.com/", "phishing"), (report.Text("url"), report.Text("takenDown")));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: cross-site", "", 400)]
    [InlineData("Origin: https://evil.example", "", 400)]
    [InlineData("Sec-Fetch-Site: same-origin", "filled in by a program", 200)]
    public async Task A_report_of_a_foreign_page_or_of_a_program_is_not_kept(string header, string trap, int status)
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "fine" });

        using (var sent = await ReportAsync("fine", "spam", "", header: header, trap: trap)) Assert.Equal(status, (int)sent.StatusCode);

        Assert.Equal(0, (await GetAsync("/api/v1/reports")).GetProperty("reports").GetArrayLength());
    }

    [Fact]
    public async Task Reports_of_one_address_are_limited()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "bad" });

        var statuses = new List<int>();
        for (var i = 0; i < 3; i++)
            using (var sent = await ReportAsync("bad", "spam", "", from: "203.0.113.9")) statuses.Add((int)sent.StatusCode);

        Assert.Equal([200, 200, 429], statuses);
    }

    [Fact]
    public async Task Links_to_hosts_that_come_onto_the_blocklist_are_taken_down_and_come_back_when_they_leave_it()
    {
        await _terse.CreateAsync(new { url = "https://sub.evil.example/page", alias = "evil" });
        await _terse.CreateAsync(new { url = "https://good.example/", alias = "good" });
        await _terse.CreateAsync(new { url = "https://evil.example/", alias = "judged" });
        using (await _terse.Admin.PostJsonAsync("/api/v1/links/judged/takedown", new { reason = "malware" })) { }
        var rescan = _terse.App.Services.GetRequiredService<BlocklistRescan>();

        await ListAsync("evil.example\n");
        Assert.Equal((1, 0), await rescan.ScanIfChangedAsync(Cancelled));
        Assert.Equal((0, 0), await rescan.ScanIfChangedAsync(Cancelled));

        using (var visit = await _terse.Anonymous.GetAsync("/evil", Cancelled)) await visit.ProblemAsync(410, "link-taken-down");
        using (var visit = await _terse.Anonymous.GetAsync("/good", Cancelled)) Assert.Equal(HttpStatusCode.Found, visit.StatusCode);
        var entry = (await GetAsync("/api/v1/links/evil/history")).GetProperty("entries")[0];
        Assert.Equal(("system", "link.taken-down", "blocklist"), (entry.Text("actor"), entry.Text("action"), entry.GetProperty("after").Text("takenDown")));

        await ListAsync("other.example\n");
        Assert.Equal((0, 1), await rescan.ScanIfChangedAsync(Cancelled));
        using (var visit = await _terse.Anonymous.GetAsync("/evil", Cancelled)) Assert.Equal(HttpStatusCode.Found, visit.StatusCode);
        using (var visit = await _terse.Anonymous.GetAsync("/judged", Cancelled)) Assert.Equal(HttpStatusCode.Gone, visit.StatusCode);
    }

    private async Task ListAsync(string blocklist)
    {
        await File.WriteAllTextAsync(Path.Combine(_terse.Data, "blocklist.txt"), blocklist, Cancelled);
        _terse.Time.Advance(Blocklist.LookAgain + TimeSpan.FromSeconds(1));
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _terse.Admin.GetAsync(path, Cancelled);
        return await response.JsonAsync();
    }

    private async Task<HttpResponseMessage> BrowseAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/html");
        return await _terse.Anonymous.SendAsync(request, Cancelled);
    }

    private async Task<HttpResponseMessage> ReportAsync(string code, string reason, string message, string? header = null, string trap = "", string? from = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/{code}+")
        {
            Content = new FormUrlEncodedContent([new("reason", reason), new("message", message), new("website", trap)]),
        };
        if (header is not null) request.Headers.Add(header.Split(": ")[0], header.Split(": ")[1]);
        if (from is not null) request.Headers.Add("X-Forwarded-For", from);
        return await _terse.Anonymous.SendAsync(request, Cancelled);
    }
}
