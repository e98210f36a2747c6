using System.Text.Json;
using Terse.Redirects;

namespace Terse.Tests.Redirects;

public sealed class PreviewTests
{
    [Fact]
    public async Task Preview_page_shows_where_the_link_goes_and_leads_on_through_the_short_link()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc", "https://bank.example@evil.test/login?x=1", link => link with { Title = "Your bank" });
        using var response = await server.GetAsync("/abc+", "text/html");
        var html = await BodyAsync(response);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("<h1>Your bank</h1>", html);
        Assert.Contains("https://bank.example@<b>evil.test</b>/login?x=1", html);
        Assert.Contains("""<a class="go" href="abc" """, html);
        Assert.Contains("1 January 2026", html);
        Assert.Equal((1L, 0L), (server.Count(RedirectCount.Previewed), server.Count(RedirectCount.Redirected)));
    }

    [Fact]
    public async Task Preview_is_json_for_programs()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc", "https://example.com/a", link => link with { Title = "A", EndsAt = server.Time.GetUtcNow().AddHours(1) });
        using var response = await server.GetAsync("/abc+", "application/json");
        var json = JsonDocument.Parse(await BodyAsync(response)).RootElement;
        Assert.Equal(
            ("abc", "https://example.com/a", "A", "2026-01-01T01:00:00+00:00"),
            (json.GetProperty("code").GetString(), json.GetProperty("url").GetString(), json.GetProperty("title").GetString(), json.GetProperty("endsAt").GetString()));
    }

    [Fact]
    public async Task Nothing_that_an_owner_wrote_becomes_markup()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc", "https://x.test/\"><script>alert(1)</script>'", link => link with { Title = "</h1><img src=x onerror=alert(1)>" });
        server.Put("raw", "javascript:alert('1')//<b>");
        foreach (var code in new[] { "abc", "raw" })
        {
            using var response = await server.GetAsync($"/{code}+", "text/html");
            var html = await BodyAsync(response);
            Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("href=\"javascript", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("script-src", response.Headers.GetValues("Content-Security-Policy").Single());
        }
    }

    [Fact]
    public async Task Preview_of_what_does_not_redirect_says_so()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("off", with: link => link with { Disabled = true });
        using var missing = await server.GetAsync("/nothing+");
        using var ended = await server.GetAsync("/off+");
        Assert.Equal((404, 410), ((int)missing.StatusCode, (int)ended.StatusCode));
    }

    [Fact]
    public async Task Page_style_is_the_one_that_the_policy_names()
    {
        await using var server = await RedirectServer.StartAsync();
        using var response = await server.GetAsync("/nothing", "text/html");
        var html = await BodyAsync(response);
        var style = html[(html.IndexOf("<style>", StringComparison.Ordinal) + 7)..html.IndexOf("</style>", StringComparison.Ordinal)];
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(style)));
        Assert.Contains($"style-src 'sha256-{hash}'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("http", html.Replace("http-equiv", "", StringComparison.Ordinal));
    }

    private static Task<string> BodyAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
