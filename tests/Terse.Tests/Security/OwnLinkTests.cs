using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Terse.Adapters.Sqlite;
using Terse.Links;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Security;

/// <summary>A key that is narrowed to its own links, and what it could learn or change of others' by other ways than asking.</summary>
public sealed class OwnLinkTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_has_its_own_links_in_full_pages_with_search_and_tag_too()
    {
        await using var terse = await TerseInstance.StartAsync();
        using var own = await terse.KeyAsync("read", "write", "own");
        for (var n = 0; n < 10; n++)
        {
            using var mine = await own.PostJsonAsync("/api/v1/links", new { url = "https://example.com/spring", alias = $"mine{n}", tags = new[] { n % 2 == 0 ? "even" : "odd" } });
            await terse.CreateAsync(new { url = "https://example.com/spring", alias = $"other{n}", tags = new[] { "even" } });
        }

        foreach (var (query, expected) in new[] { ("", 10), ("&search=spring", 10), ("&tag=even", 5), ("&search=spri&tag=even&include=clicks", 5), ("&search=other", 0) })
        {
            var (codes, cursor) = (new List<string>(), "");
            do
            {
                using var response = await own.GetAsync($"/api/v1/links?limit=3{query}{cursor}", Cancelled);
                var page = await response.JsonAsync();
                var links = page.GetProperty("links").EnumerateArray().Select(link => link.Text("code")).ToArray();
                codes.AddRange(links);
                cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : "";
                Assert.True(cursor.Length == 0 || links.Length == 3);
            }
            while (cursor.Length > 0);

            Assert.All(codes, code => Assert.StartsWith("mine", code, StringComparison.Ordinal));
            Assert.Equal(expected, codes.Distinct().Count());
        }
    }

    [Fact]
    public async Task A_taken_alias_and_a_repeated_key_or_content_show_nothing_of_another_s_link()
    {
        await using var terse = await TerseInstance.StartAsync();
        using var own = await terse.KeyAsync("read", "write", "own");
        var request = new { url = "https://example.com/", title = "The same" };
        var (repeated, found) = (await CreateAsync(terse.Admin, request, "once"), await CreateAsync(terse.Admin, request, null));
        await terse.CreateAsync(new { url = "https://example.com/secret", alias = "theirs" });

        using var taken = await own.PostJsonAsync("/api/v1/links", new { url = "https://example.com/", alias = "theirs" });
        Assert.DoesNotContain("secret", (await taken.ProblemAsync(409, "alias-taken")).GetRawText(), StringComparison.Ordinal);
        Assert.NotEqual(repeated, await CreateAsync(own, request, "once"));
        Assert.NotEqual(found, await CreateAsync(own, request, null));

        static async Task<string> CreateAsync(HttpClient client, object link, string? idempotencyKey)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, idempotencyKey is null ? "/api/v1/links?dedupe=true" : "/api/v1/links") { Content = System.Net.Http.Json.JsonContent.Create(link) };
            if (idempotencyKey is not null) message.Headers.Add("Idempotency-Key", idempotencyKey);
            using var response = await client.SendAsync(message, Cancelled);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            return (await response.JsonAsync()).Text("code");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task A_history_begins_with_the_link_that_the_key_made_not_with_another_s_before_it(int secondsBetween)
    {
        await using var terse = await TerseInstance.StartAsync();
        using var own = await terse.KeyAsync("read", "write", "own");
        await terse.CreateAsync(new { url = "https://example.com/secret", alias = "again" });
        using (await terse.Admin.DeleteAsync("/api/v1/links/again", Cancelled)) { }
        terse.Time.Advance(TimeSpan.FromSeconds(secondsBetween));
        using (await own.PostJsonAsync("/api/v1/links", new { url = "https://example.com/mine", alias = "again" })) { }
        using (await PatchAsync(own, "again", """{"title":"Mine"}""")) { }

        Assert.Equal(("link.changed link.created link.deleted link.created", null), await HistoryAsync(terse.Admin, "?limit=4"));
        Assert.Equal(("link.changed link.created", null), await HistoryAsync(own, ""));
        Assert.Equal(("link.changed link.created", null), await HistoryAsync(own, "?limit=3"));
        var (first, next) = await HistoryAsync(own, "?limit=2");
        Assert.Equal("link.changed link.created", first);
        Assert.Equal(("", null), await HistoryAsync(own, $"?limit=2&cursor={next}"));
        if (secondsBetween == 0) return;

        // A cursor is no way around the deletion.
        var (_, past) = await HistoryAsync(terse.Admin, "?limit=3");
        Assert.Equal(("", null), await HistoryAsync(own, $"?cursor={past}"));

        static async Task<(string Actions, string? Next)> HistoryAsync(HttpClient client, string query)
        {
            using var response = await client.GetAsync($"/api/v1/links/again/history{query}", Cancelled);
            var page = await response.JsonAsync();
            return (string.Join(' ', page.GetProperty("entries").EnumerateArray().Select(entry => entry.Text("action"))), page.GetProperty("next").GetString());
        }
    }

    [Fact]
    public async Task A_stream_of_live_clicks_ends_when_the_code_is_another_s()
    {
        await using var terse = await TerseInstance.StartAsync();
        using var own = await terse.KeyAsync("read", "write", "own");
        using (await own.PostJsonAsync("/api/v1/links", new { url = "https://example.com/", alias = "watched" })) { }
        using var response = await own.GetAsync("/api/v1/links/watched/live", HttpCompletionOption.ResponseHeadersRead, Cancelled);
        await using var body = await response.Content.ReadAsStreamAsync(Cancelled);
        await using var events = SseParser.Create(body).EnumerateAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await MoreAsync());
        terse.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.True(await MoreAsync());

        using (await own.DeleteAsync("/api/v1/links/watched", Cancelled)) { }
        await terse.CreateAsync(new { url = "https://example.com/", alias = "watched" });
        terse.Time.Advance(TimeSpan.FromSeconds(15));

        Assert.False(await MoreAsync());

        async Task<bool> MoreAsync() => await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task A_link_that_became_another_s_between_the_check_and_the_write_is_left_alone(string method)
    {
        InterruptedLinks links = null!;
        await using var terse = await TerseInstance.StartAsync(configure: services =>
            services.AddSingleton<ILinkStore>(provider => links = new InterruptedLinks(ActivatorUtilities.CreateInstance<SqliteLinkStore>(provider))));
        using var own = await terse.KeyAsync("read", "write", "own");
        using (await own.PostJsonAsync("/api/v1/links", new { url = "https://example.com/mine", alias = "shared" })) { }
        JsonElement theirs = default;
        links.AfterNextFind("shared", async () =>
        {
            using (await own.DeleteAsync("/api/v1/links/shared", Cancelled)) { }
            terse.Time.Advance(TimeSpan.FromMilliseconds(1));
            theirs = await terse.CreateAsync(new { url = "https://example.com/theirs", alias = "shared" });
        });

        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/v1/links/shared");
        if (method == "PATCH") request.Content = new StringContent("""{"url":"https://example.com/evil"}""", Encoding.UTF8, "application/json");
        using var response = await own.SendAsync(request, Cancelled);

        await response.ProblemAsync(404, "link-not-found");
        using var after = await terse.Admin.GetAsync("/api/v1/links/shared", Cancelled);
        Assert.Equal(theirs.GetRawText(), (await after.JsonAsync()).GetRawText());
    }

    private static async Task<HttpResponseMessage> PatchAsync(HttpClient client, string code, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.PatchAsync($"/api/v1/links/{code}", content, Cancelled);
    }
}
