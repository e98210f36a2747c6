using System.Net;
using System.Text;
using System.Text.Json;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Links;

public sealed class CreateLinkTests : IAsyncLifetime
{
    private TerseInstance _terse = null!;

    public async ValueTask InitializeAsync() => _terse = await TerseInstance.StartAsync();

    public ValueTask DisposeAsync() => _terse.DisposeAsync();

    [Fact]
    public async Task A_new_link_is_answered_with_201_its_location_and_itself()
    {
        using var response = await PostAsync(new { url = "https://Example.com/a b?q=ü#top" });
        var link = await response.JsonAsync();
        var code = link.Text("code");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/api/v1/links/{code}", response.Headers.Location?.ToString());
        Assert.Matches("^[0-9A-Za-z]{7}$", code);
        Assert.Equal($"{_terse.Url.GetLeftPart(UriPartial.Authority)}/{code}", link.Text("shortUrl"));
        Assert.Equal("https://example.com/a%20b?q=%C3%BC#top", link.Text("url"));
        Assert.Equal(302, link.GetProperty("redirectType").GetInt32());
        Assert.Equal("active", link.Text("state"));
        Assert.Equal("2026-01-31T12:00:00+00:00", link.Text("createdAt"));
        Assert.Equal(JsonValueKind.Null, link.GetProperty("expiresAt").ValueKind);
    }

    [Fact]
    public async Task A_new_link_redirects_at_once()
    {
        var link = await _terse.CreateAsync(new { url = "https://example.com/here" });
        using var response = await _terse.Anonymous.GetAsync($"/{link.Text("code")}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal("https://example.com/here", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task An_alias_that_was_looked_up_before_it_was_made_redirects_at_once()
    {
        using var before = await _terse.Anonymous.GetAsync("/Promo24", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "Promo24" });
        using var after = await _terse.Anonymous.GetAsync("/Promo24", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Found, after.StatusCode);
    }

    [Fact]
    public async Task A_taken_alias_is_refused_with_409()
    {
        await _terse.CreateAsync(new { url = "https://example.com/1", alias = "spring-sale" });
        using var second = await PostAsync(new { url = "https://example.com/2", alias = "spring-sale" });
        await second.ProblemAsync(409, "alias-taken");
    }

    [Fact]
    public async Task Aliases_differ_by_case()
    {
        await _terse.CreateAsync(new { url = "https://example.com/1", alias = "Sale" });
        await _terse.CreateAsync(new { url = "https://example.com/2", alias = "sale" });
        using var response = await _terse.Anonymous.GetAsync("/sale", TestContext.Current.CancellationToken);
        Assert.Equal("https://example.com/2", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Every_invalid_field_is_named_in_one_answer()
    {
        using var response = await PostAsync(new
        {
            url = "javascript:alert(1)",
            alias = "no spaces",
            expiresAt = "2020-01-01T00:00:00Z",
            redirectType = 303,
            title = "two\nlines",
            tags = new[] { "", "fine" },
            edgeTtl = "2 years",
        });
        var problem = await response.ProblemAsync(400, "validation-failed");
        Assert.Equal(["alias", "edgeTtl", "expiresAt", "redirectType", "tags[0]", "title", "url"], problem.ErrorFields());
    }

    [Theory]
    [InlineData("", "needed")]
    [InlineData("example.com/page", "absolute")]
    [InlineData("/page", "absolute")]
    [InlineData("//example.com/page", "absolute")]
    [InlineData("ftp://example.com/", "not allowed")]
    [InlineData("data:text/html,hi", "not allowed")]
    [InlineData("https://user:secret@example.com/", "password")]
    [InlineData("https://[2001:db8::%ud\u00DF8001]:443/x", "zone")]
    [InlineData("https://[fe80::1%eth0]/", "zone")]
    [InlineData("https://example.com/a\r\nSet-Cookie: x", "control")]
    [InlineData("https://example.com/\u0085", "control")]
    [InlineData("https://exa mple.com/", "absolute")]
    public async Task A_destination_that_no_link_may_lead_to_is_refused_with_the_reason(string url, string reason)
    {
        using var response = await PostAsync(new { url });
        var problem = await response.ProblemAsync(400, "validation-failed");
        Assert.Contains(reason, problem.GetProperty("errors").GetProperty("url")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_destination_on_this_shortener_is_refused_under_each_of_its_names()
    {
        foreach (var host in (string[])["127.0.0.1", "localhost", "[::1]", "x.localhost", "LOCALHOST."])
        {
            using var response = await PostAsync(new { url = $"http://{host}:{_terse.Url.Port}/abc" });
            var problem = await response.ProblemAsync(400, "validation-failed");
            Assert.Contains("loop", problem.GetProperty("errors").GetProperty("url")[0].GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_destination_of_more_than_8_KB_is_refused_and_one_of_8_KB_is_not()
    {
        using var longest = await PostAsync(new { url = $"https://example.com/{new string('a', 8192 - 20)}" });
        Assert.Equal(HttpStatusCode.Created, longest.StatusCode);
        using var longer = await PostAsync(new { url = $"https://example.com/{new string('a', 8192 - 19)}" });
        await longer.ProblemAsync(400, "validation-failed");
    }

    [Fact]
    public async Task An_international_host_is_kept_in_punycode()
    {
        var link = await _terse.CreateAsync(new { url = "https://bücher.example/straße" });
        Assert.Equal("https://xn--bcher-kva.example/stra%C3%9Fe", link.Text("url"));
    }

    [Theory]
    [InlineData("api")]
    [InlineData("Admin")]
    [InlineData("health")]
    [InlineData("docs")]
    public async Task A_reserved_word_is_refused_as_an_alias(string alias)
    {
        using var response = await PostAsync(new { url = "https://example.com/", alias });
        Assert.Equal(["alias"], (await response.ProblemAsync(400, "validation-failed")).ErrorFields());
    }

    [Theory]
    [InlineData("3600", 3600)]
    [InlineData("\"8h\"", 8 * 3600)]
    [InlineData("\"2 days\"", 2 * 86_400)]
    [InlineData("\"1 week 2 days\"", 9 * 86_400)]
    public async Task A_ttl_is_seconds_or_words(string ttl, int seconds)
    {
        using var response = await PostRawAsync($$"""{"url":"https://example.com/","ttl":{{ttl}}}""");
        var link = await response.JsonAsync();
        Assert.Equal(_terse.Time.GetUtcNow().AddSeconds(seconds), link.GetProperty("expiresAt").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("{\"url\":\"https://example.com/\",\"ttl\":\"soon\"}")]
    [InlineData("{\"url\":5}")]
    [InlineData("{\"url\":\"https://example.com/\",\"alais\":\"x\"}")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{\"url\":\"\\ud800\"}")]
    [InlineData("{\"url\":\"https://example.com/\",\"expiresAt\":\"tomorrow\"}")]
    [InlineData("{\"url\":\"https://example.com/\",\"redirectType\":1e99}")]
    [InlineData("{\"url\":\"https://example.com/\",\"tags\":\"x\"}")]
    public async Task A_body_that_is_not_the_right_JSON_is_a_400_problem(string body)
    {
        using var response = await PostRawAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_misspelt_field_is_named()
    {
        using var response = await PostRawAsync("""{"url":"https://example.com/","alais":"x"}""");
        Assert.Contains("alais", (await response.ProblemAsync(400, "malformed-request")).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_are_kept_in_lower_case_ordered_and_once()
    {
        var link = await _terse.CreateAsync(new { url = "https://example.com/", tags = new[] { "Spring", "email", "spring " } });
        Assert.Equal(["email", "spring"], link.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
    }

    [Fact]
    public async Task A_host_on_the_blocklist_is_refused_as_soon_as_the_file_names_it()
    {
        await _terse.CreateAsync(new { url = "https://shop.bad.example/" });
        await File.WriteAllTextAsync(Path.Combine(_terse.Data, "blocklist.txt"), "# bad hosts\n0.0.0.0 bad.example\n", TestContext.Current.CancellationToken);
        _terse.Time.Advance(TimeSpan.FromSeconds(3));
        using var response = await PostAsync(new { url = "https://shop.bad.example/" });
        await response.ProblemAsync(400, "validation-failed");
        await _terse.CreateAsync(new { url = "https://notbad.example/" });
    }

    [Fact]
    public async Task A_bulk_call_tells_of_each_link_in_order()
    {
        using var response = await _terse.Admin.PostJsonAsync("/api/v1/links/bulk", new
        {
            links = new object?[] { new { url = "https://example.com/1" }, new { url = "nonsense" }, null, new { url = "https://example.com/2", alias = "two" }, new { url = "https://example.com/3", alias = "two" } },
        });
        var bulk = await response.JsonAsync();
        Assert.Equal(2, bulk.GetProperty("created").GetInt32());
        Assert.Equal(3, bulk.GetProperty("failed").GetInt32());
        var statuses = bulk.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("status").GetInt32()).ToArray();
        Assert.Equal([201, 400, 400], statuses[..3]);
        Assert.Equal([201, 409], statuses[3..].Order());
    }

    [Fact]
    public async Task A_bulk_call_takes_1000_links_and_no_more()
    {
        object Links(int count) => new { links = Enumerable.Range(0, count).Select(i => new { url = $"https://example.com/{i}" }) };
        using var most = await _terse.Admin.PostJsonAsync("/api/v1/links/bulk", Links(1000));
        Assert.Equal(1000, (await most.JsonAsync()).GetProperty("created").GetInt32());
        using var more = await _terse.Admin.PostJsonAsync("/api/v1/links/bulk", Links(1001));
        await more.ProblemAsync(400, "validation-failed");
    }

    private Task<HttpResponseMessage> PostAsync(object link) => _terse.Admin.PostJsonAsync("/api/v1/links", link);

    private async Task<HttpResponseMessage> PostRawAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _terse.Admin.PostAsync("/api/v1/links", content, TestContext.Current.CancellationToken);
    }
}
