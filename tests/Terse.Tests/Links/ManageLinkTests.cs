using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Links;

public sealed class ManageLinkTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;
    private TerseInstance _terse = null!;

    public async ValueTask InitializeAsync() => _terse = await TerseInstance.StartAsync();

    public ValueTask DisposeAsync() => _terse.DisposeAsync();

    [Fact]
    public async Task A_link_is_shown_with_its_ETag_and_304_to_who_has_it()
    {
        var link = await _terse.CreateAsync(new { url = "https://example.com/", alias = "mine", title = "Mine" });
        using var shown = await _terse.Admin.GetAsync("/api/v1/links/mine", Cancelled);
        Assert.Equal(link.Text("title"), (await shown.JsonAsync()).Text("title"));

        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/v1/links/mine");
        again.Headers.IfNoneMatch.Add(shown.Headers.ETag!);
        using var unchanged = await _terse.Admin.SendAsync(again, Cancelled);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("no%20code")]
    [InlineData("%E2%82%AC")]
    public async Task An_unknown_link_is_404(string code)
    {
        using var response = await _terse.Admin.GetAsync($"/api/v1/links/{code}", Cancelled);
        await response.ProblemAsync(404, "link-not-found");
    }

    [Fact]
    public async Task A_change_touches_the_named_fields_only_and_is_seen_by_the_next_click()
    {
        await _terse.CreateAsync(new { url = "https://example.com/old", alias = "mine", title = "Mine", tags = new[] { "a" } });
        using (await _terse.Anonymous.GetAsync("/mine", Cancelled))
        {
        }

        using var response = await PatchAsync("mine", """{"url":"https://example.com/new","redirectType":307}""");
        var link = await response.JsonAsync();
        Assert.Equal("Mine", link.Text("title"));
        Assert.Equal("a", link.GetProperty("tags")[0].GetString());

        using var click = await _terse.Anonymous.GetAsync("/mine", Cancelled);
        Assert.Equal(307, (int)click.StatusCode);
        Assert.Equal("https://example.com/new", click.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Null_takes_an_optional_field_away()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "mine", title = "Mine", ttl = "1 day", tags = new[] { "a" } });
        using var response = await PatchAsync("mine", """{"title":null,"expiresAt":null,"tags":null}""");
        var link = await response.JsonAsync();
        Assert.Equal(JsonValueKind.Null, link.GetProperty("title").ValueKind);
        Assert.Equal(JsonValueKind.Null, link.GetProperty("expiresAt").ValueKind);
        Assert.Equal(0, link.GetProperty("tags").GetArrayLength());
    }

    [Fact]
    public async Task A_disabled_link_is_gone_until_it_is_switched_on_again()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "mine" });
        using var off = await PatchAsync("mine", """{"disabled":true}""");
        Assert.Equal("disabled", (await off.JsonAsync()).Text("state"));
        Assert.Equal(HttpStatusCode.Gone, await ClickAsync("mine"));

        using var on = await PatchAsync("mine", """{"disabled":false}""");
        Assert.Equal(HttpStatusCode.Found, await ClickAsync("mine"));
    }

    [Fact]
    public async Task A_change_with_an_old_ETag_is_refused_with_412_and_changes_nothing()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "mine" });
        using var read = await _terse.Admin.GetAsync("/api/v1/links/mine", Cancelled);
        using var other = await PatchAsync("mine", """{"title":"theirs"}""");

        using var late = await PatchAsync("mine", """{"title":"ours"}""", read.Headers.ETag!.Tag);
        await late.ProblemAsync(412, "precondition-failed");
        using var retry = await PatchAsync("mine", """{"title":"ours"}""", other.Headers.ETag!.Tag);
        Assert.Equal("ours", (await retry.JsonAsync()).Text("title"));
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("{\"url\":null}", "url")]
    [InlineData("{\"redirectType\":200}", "redirectType")]
    [InlineData("{\"expiresAt\":\"2027-01-01T00:00:00Z\",\"ttl\":5}", "ttl")]
    public async Task A_change_that_is_not_legal_is_refused(string body, string field)
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "mine" });
        using var response = await PatchAsync("mine", body);
        Assert.Equal([field], (await response.ProblemAsync(400, "validation-failed")).ErrorFields());
    }

    [Fact]
    public async Task Parallel_changes_of_different_fields_are_all_kept()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "mine" });
        var answers = await Task.WhenAll(
            PatchAsync("mine", """{"title":"t"}"""), PatchAsync("mine", """{"tags":["x"]}"""),
            PatchAsync("mine", """{"redirectType":308}"""), PatchAsync("mine", """{"url":"https://example.com/2"}"""));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var link = await _terse.Admin.GetFromJsonAsync<JsonElement>("/api/v1/links/mine", Cancelled);
        Assert.Equal(("t", "https://example.com/2", 308, 1), (link.Text("title"), link.Text("url"), link.GetProperty("redirectType").GetInt32(), link.GetProperty("tags").GetArrayLength()));
    }

    [Fact]
    public async Task A_deleted_link_is_404_at_once_and_its_alias_is_free()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "mine" });
        Assert.Equal(HttpStatusCode.Found, await ClickAsync("mine"));
        using var deleted = await _terse.Admin.DeleteAsync("/api/v1/links/mine", Cancelled);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await ClickAsync("mine"));
        using var again = await _terse.Admin.DeleteAsync("/api/v1/links/mine", Cancelled);
        await again.ProblemAsync(404, "link-not-found");
        _terse.Time.Advance(TimeSpan.FromMilliseconds(2));
        await _terse.CreateAsync(new { url = "https://example.com/2", alias = "mine" });
        Assert.Equal(HttpStatusCode.Found, await ClickAsync("mine"));
    }

    [Fact]
    public async Task A_link_answers_410_from_its_end_on_and_404_once_it_is_swept()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "mine", ttl = "1h" });
        _terse.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(HttpStatusCode.Found, await ClickAsync("mine"));
        _terse.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Gone, await ClickAsync("mine"));
    }

    [Fact]
    public async Task Following_the_cursor_shows_every_link_once_the_last_made_first()
    {
        for (var i = 0; i < 7; i++) await _terse.CreateAsync(new { url = $"https://example.com/{i}", alias = $"link-{i}" });
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await _terse.Admin.GetFromJsonAsync<JsonElement>($"/api/v1/links?limit=3{(next is null ? "" : $"&cursor={next}")}", Cancelled);
            seen.AddRange(page.GetProperty("links").EnumerateArray().Select(link => link.Text("code")));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        Assert.Equal(Enumerable.Range(0, 7).Reverse().Select(i => $"link-{i}"), seen);
    }

    [Fact]
    public async Task The_list_is_searched_by_word_and_filtered_by_tag()
    {
        await _terse.CreateAsync(new { url = "https://shop.example.com/shoes", alias = "one", title = "Spring Sale", tags = new[] { "email" } });
        await _terse.CreateAsync(new { url = "https://example.org/shoes", alias = "two" });
        Assert.Equal(["one"], await CodesAsync("search=spri"));
        Assert.Equal(["two", "one"], await CodesAsync("search=SHOES"));
        Assert.Equal(["one"], await CodesAsync("search=shoes%20sale&tag=Email"));
        Assert.Equal(["two"], await CodesAsync("search=two"));
        Assert.Empty(await CodesAsync("search=%22%20OR%20*%20NOT%20(shoes"));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("tag=a%00b", "tag")]
    [InlineData("limit=1001", "limit")]
    [InlineData("cursor=!!", "cursor")]
    [InlineData("cursor=AAAA", "cursor")]
    public async Task A_bad_list_parameter_is_named(string query, string field)
    {
        using var response = await _terse.Admin.GetAsync($"/api/v1/links?{query}", Cancelled);
        Assert.Equal([field], (await response.ProblemAsync(400, "validation-failed")).ErrorFields());
    }

    [Fact]
    public async Task A_limit_that_is_no_number_is_a_400_problem()
    {
        using var response = await _terse.Admin.GetAsync("/api/v1/links?limit=many", Cancelled);
        await response.ProblemAsync(400, "malformed-request");
    }

    private async Task<HttpStatusCode> ClickAsync(string code)
    {
        using var response = await _terse.Anonymous.GetAsync($"/{code}", Cancelled);
        return response.StatusCode;
    }

    private async Task<string[]> CodesAsync(string query)
    {
        var page = await _terse.Admin.GetFromJsonAsync<JsonElement>($"/api/v1/links?{query}", Cancelled);
        return [.. page.GetProperty("links").EnumerateArray().Select(link => link.Text("code"))];
    }

    private async Task<HttpResponseMessage> PatchAsync(string code, string body, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/links/{code}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await _terse.Admin.SendAsync(request, Cancelled);
    }
}
