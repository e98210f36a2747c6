using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Tests.Redirects;

public sealed class RedirectTests
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Link_redirects_with_its_own_status(int status)
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc", "https://example.com/a?b=c#d", link => link with { RedirectType = (RedirectType)status });
        foreach (var source in new[] { "store", "L1" })
        {
            using var response = await server.GetAsync("/abc");
            Assert.Equal((source, status), (source, (int)response.StatusCode));
            Assert.Equal("https://example.com/a?b=c#d", response.Headers.Location!.OriginalString);
            Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
            Assert.Equal("noindex", response.Headers.GetValues("X-Robots-Tag").Single());
            Assert.Equal(0, response.Content.Headers.ContentLength);
        }
        Assert.Equal(1, server.Store.Reads);
    }

    [Fact]
    public async Task Head_answers_as_get_does_without_a_body()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc");
        using var found = await server.SendAsync(HttpMethod.Head, "/abc");
        Assert.Equal((HttpStatusCode.Found, "https://example.com/"), (found.StatusCode, found.Headers.Location!.OriginalString));
        using var missing = await server.SendAsync(HttpMethod.Head, "/nothing", Browser);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.True(missing.Content.Headers.ContentLength > 0);
        Assert.Empty(await missing.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("POST", "/abc")]
    [InlineData("GET", "/")]
    [InlineData("GET", "/+")]
    [InlineData("GET", "/abc/")]
    [InlineData("GET", "/abc/def")]
    [InlineData("GET", "/abc++")]
    [InlineData("GET", "/a.b")]
    [InlineData("GET", "/favicon.ico")]
    [InlineData("GET", "/robots.txt")]
    [InlineData("GET", "/health")]
    [InlineData("GET", "/API")]
    [InlineData("GET", "/admin")]
    [InlineData("GET", "/01234567890123456789012345678901234567890123456789012345678901234")]
    public async Task What_is_not_a_code_goes_on_to_the_rest_of_the_program(string method, string path)
    {
        await using var server = await RedirectServer.StartAsync();
        using var response = await server.SendAsync(HttpMethod.Parse(method), path);
        Assert.Equal(418, (int)response.StatusCode);
        Assert.Equal(0, server.Store.Reads);
    }

    [Fact]
    public async Task Unknown_code_is_404_as_a_page_for_browsers_and_as_a_problem_for_programs()
    {
        await using var server = await RedirectServer.StartAsync();
        await AssertErrorAsync(server, "/nothing", 404, "https://terse.dev/problems/link-not-found", "Nothing here");
    }

    [Fact]
    public async Task Expired_link_is_410_as_a_page_for_browsers_and_as_a_problem_for_programs()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc", with: link => link with { EndsAt = server.Time.GetUtcNow().AddSeconds(10) });
        using (var before = await server.GetAsync("/abc")) Assert.Equal(302, (int)before.StatusCode);
        server.Time.Advance(TimeSpan.FromSeconds(10));
        await AssertErrorAsync(server, "/abc", 410, "https://terse.dev/problems/link-ended", "This link has ended");
        Assert.Equal(1, server.Store.Reads);
    }

    [Fact]
    public async Task Disabled_link_is_410()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc", with: link => link with { Disabled = true });
        await AssertErrorAsync(server, "/abc", 410, "https://terse.dev/problems/link-ended", "This link has ended");
    }

    [Fact]
    public async Task Code_that_was_never_issued_is_404_without_a_store_read()
    {
        await using var server = await RedirectServer.StartAsync(services => services.AddSingleton<CodeMayExist>(code => code is not "NEVERIS"));
        using var response = await server.GetAsync("/NEVERIS");
        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal((0, 1L), (server.Store.Reads, server.Count(RedirectCount.Refused)));
    }

    [Fact]
    public async Task Edge_ttl_lets_shared_caches_keep_the_redirect_and_browsers_not()
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc", with: link => link with { EdgeTtl = TimeSpan.FromMinutes(5) });
        using var response = await server.GetAsync("/abc");
        Assert.Equal("public, max-age=0, s-maxage=300", response.Headers.NonValidated["Cache-Control"].ToString());
    }

    [Fact]
    public async Task Shared_caches_never_keep_a_redirect_beyond_the_links_end()
    {
        await using var server = await RedirectServer.StartAsync(("L1Ttl", "00:00:10"));
        server.Put("abc", with: link => link with { EdgeTtl = TimeSpan.FromMinutes(5), EndsAt = server.Time.GetUtcNow().AddSeconds(60) });
        server.Put("end", with: link => link with { EdgeTtl = TimeSpan.FromMinutes(5), EndsAt = server.Time.GetUtcNow().AddSeconds(5) });
        using var response = await server.GetAsync("/abc");
        Assert.InRange(response.Headers.CacheControl!.SharedMaxAge!.Value.TotalSeconds, 50, 51);
        using var ending = await server.GetAsync("/end");
        Assert.Equal("no-store", ending.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData("https://example.com/\r\nSet-Cookie: a=b", "https://example.com/%0D%0ASet-Cookie:%20a=b")]
    [InlineData("https://example.com/é\0\"<x>", "https://example.com/%C3%A9%00%22%3Cx%3E")]
    public async Task No_destination_can_forge_a_header(string stored, string location)
    {
        await using var server = await RedirectServer.StartAsync();
        server.Put("abc", stored);
        using var response = await server.GetAsync("/abc");
        Assert.Equal(302, (int)response.StatusCode);
        Assert.Equal(location, response.Headers.NonValidated["Location"].ToString());
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    private static async Task AssertErrorAsync(RedirectServer server, string path, int status, string type, string heading)
    {
        using var page = await server.GetAsync(path, Browser);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((status, "text/html; charset=utf-8"), ((int)page.StatusCode, page.Content.Headers.ContentType!.ToString()));
        Assert.Contains($"<h1>{heading}</h1>", html);
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("no-store", page.Headers.CacheControl!.ToString());

        using var problem = await server.GetAsync(path, "application/json");
        var json = System.Text.Json.JsonDocument.Parse(await problem.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal((status, "application/problem+json"), ((int)problem.StatusCode, problem.Content.Headers.ContentType!.ToString()));
        Assert.Equal((type, status), (json.GetProperty("type").GetString(), json.GetProperty("status").GetInt32()));
    }
}
