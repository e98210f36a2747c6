using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Links;

public sealed class IdempotencyTests : IAsyncLifetime
{
    private TerseInstance _terse = null!;

    public async ValueTask InitializeAsync() => _terse = await TerseInstance.StartAsync();

    public ValueTask DisposeAsync() => _terse.DisposeAsync();

    [Fact]
    public async Task A_retry_with_the_same_key_gets_the_first_answer_again()
    {
        using var first = await PostAsync(new { url = "https://example.com/", title = "A" }, "key-1");
        _terse.Time.Advance(TimeSpan.FromHours(23));
        using var retry = await PostAsync(new { title = "A", url = "https://example.com" }, "key-1");
        Assert.Equal(HttpStatusCode.Created, retry.StatusCode);
        Assert.Equal("true", retry.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal((await first.JsonAsync()).Text("code"), (await retry.JsonAsync()).Text("code"));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_hundred_parallel_retries_make_one_link()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => PostAsync(new { url = "https://example.com/" }, "key-1")));
        var codes = new HashSet<string>();
        foreach (var answer in answers)
        {
            if (answer.StatusCode == HttpStatusCode.Created) codes.Add((await answer.JsonAsync()).Text("code"));
            else await answer.ProblemAsync(409, "idempotency-in-flight");
        }

        Assert.Single(codes);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_422()
    {
        using var first = await PostAsync(new { url = "https://example.com/1" }, "key-1");
        using var second = await PostAsync(new { url = "https://example.com/2" }, "key-1");
        await second.ProblemAsync(422, "idempotency-mismatch");
    }

    [Fact]
    public async Task A_key_is_forgotten_after_24_hours()
    {
        using var first = await PostAsync(new { url = "https://example.com/" }, "key-1");
        _terse.Time.Advance(TimeSpan.FromHours(24));
        using var second = await PostAsync(new { url = "https://example.com/" }, "key-1");
        Assert.NotEqual((await first.JsonAsync()).Text("code"), (await second.JsonAsync()).Text("code"));
    }

    [Fact]
    public async Task A_key_whose_request_failed_is_free_for_the_corrected_one()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "taken" });
        _terse.Time.Advance(TimeSpan.FromMilliseconds(1));
        using var refused = await PostAsync(new { url = "https://example.com/", alias = "taken" }, "key-1");
        await refused.ProblemAsync(409, "alias-taken");
        using var corrected = await PostAsync(new { url = "https://example.com/", alias = "free" }, "key-1");
        Assert.Equal(HttpStatusCode.Created, corrected.StatusCode);
    }

    [Fact]
    public async Task Two_callers_may_use_the_same_key()
    {
        using var made = await _terse.Admin.PostJsonAsync("/api/v1/keys", new { name = "other", scopes = new[] { "write" } });
        using var other = _terse.Client((await made.JsonAsync()).Text("key"));
        using var first = await PostAsync(new { url = "https://example.com/" }, "key-1");
        using var second = await PostAsync(new { url = "https://example.com/" }, "key-1", client: other);
        Assert.NotEqual((await first.JsonAsync()).Text("code"), (await second.JsonAsync()).Text("code"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    public async Task A_key_that_is_not_legal_is_refused(string key)
    {
        using var response = await PostAsync(new { url = "https://example.com/" }, key);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Dedupe_finds_the_link_that_the_same_request_made()
    {
        using var first = await PostAsync(new { url = "https://example.com/", tags = new[] { "a" } }, query: "?dedupe=true");
        using var second = await PostAsync(new { url = "https://example.com/", tags = new[] { "A" } }, query: "?dedupe=true");
        using var different = await PostAsync(new { url = "https://example.com/", tags = new[] { "b" } }, query: "?dedupe=true");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Created), (first.StatusCode, second.StatusCode, different.StatusCode));
        Assert.Equal((await first.JsonAsync()).Text("code"), (await second.JsonAsync()).Text("code"));
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Dedupe_makes_one_new_link_once_the_old_one_is_deleted()
    {
        using var first = await PostAsync(new { url = "https://example.com/" }, query: "?dedupe=true");
        using var gone = await _terse.Admin.DeleteAsync($"/api/v1/links/{(await first.JsonAsync()).Text("code")}", TestContext.Current.CancellationToken);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostAsync(new { url = "https://example.com/" }, query: "?dedupe=true")));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Dedupe_can_be_the_rule_of_the_instance()
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Links:Dedupe"] = "true" });
        using var first = await terse.Admin.PostJsonAsync("/api/v1/links", new { url = "https://example.com/" });
        using var second = await terse.Admin.PostJsonAsync("/api/v1/links", new { url = "https://example.com/" });
        using var third = await terse.Admin.PostJsonAsync("/api/v1/links?dedupe=false", new { url = "https://example.com/" });
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Created), (first.StatusCode, second.StatusCode, third.StatusCode));
    }

    private async Task<HttpResponseMessage> PostAsync(object link, string? key = null, string query = "", HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/links{query}") { Content = JsonContent.Create(link) };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await (client ?? _terse.Admin).SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<int> CountAsync() =>
        (await _terse.Admin.GetFromJsonAsync<JsonElement>("/api/v1/links?limit=1000", TestContext.Current.CancellationToken)).GetProperty("links").GetArrayLength();
}
