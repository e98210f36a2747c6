using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Links;

/// <summary>Links with a limit of visits or a password, through the whole product.</summary>
public sealed class GuardedLinkTests : IAsyncLifetime
{
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;
    private TerseInstance _terse = null!;

    public async ValueTask InitializeAsync() => _terse = await TerseInstance.StartAsync(new()
    {
        ["Terse:Links:PasswordIterations"] = "100000",
        ["Terse:TrustedProxies"] = "127.0.0.0/8",
    });

    public ValueTask DisposeAsync() => _terse.DisposeAsync();

    [Fact]
    public async Task Visitors_at_once_never_exceed_the_limit()
    {
        await _terse.CreateAsync(new { url = "https://example.com/offer", alias = "offer", maxVisits = 10 });

        var visits = await Task.WhenAll(Enumerable.Range(0, 60).Select(async _ =>
        {
            using var visit = await VisitAsync("/offer");
            return visit.StatusCode;
        }));

        Assert.Equal(10, visits.Count(status => status == HttpStatusCode.Found));
        Assert.Equal(50, visits.Count(status => status == HttpStatusCode.Gone));
        var link = await LinkAsync("offer");
        Assert.Equal(10, link.GetProperty("visits").GetInt64());
        Assert.Equal("used-up", link.Text("state"));
    }

    [Theory]
    [InlineData("HEAD", Browser, null)]
    [InlineData("GET", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", null)]
    [InlineData("GET", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", null)]
    [InlineData("GET", "", null)]
    [InlineData("GET", Browser, "Sec-Purpose: prefetch;prerender")]
    [InlineData("GET", Browser, "X-Purpose: preview")]
    public async Task Programs_take_no_visit_and_are_not_told_the_destination(string method, string agent, string? header)
    {
        await _terse.CreateAsync(new { url = "https://example.com/once", alias = "once", maxVisits = 1 });

        using var program = await VisitAsync("/once", agent, new HttpMethod(method), header);
        Assert.Null(program.Headers.Location);
        Assert.DoesNotContain("example.com/once", await program.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);

        using var person = await VisitAsync("/once");
        Assert.Equal("https://example.com/once", person.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_preview_of_a_limited_link_takes_no_visit_and_shows_the_host_alone()
    {
        await _terse.CreateAsync(new { url = "https://example.com/secret/path", alias = "once", maxVisits = 1 });

        using var preview = await VisitAsync("/once+");

        var text = await preview.Content.ReadAsStringAsync(Cancelled);
        Assert.Contains("https://example.com/", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Equal(0, (await LinkAsync("once")).GetProperty("visits").GetInt64());
    }

    [Fact]
    public async Task A_raised_limit_opens_a_used_up_link_again()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "once", maxVisits = 1 });
        using (await VisitAsync("/once")) { }
        using (var usedUp = await VisitAsync("/once")) await usedUp.ProblemAsync(410, "link-ended");

        using (await _terse.Admin.PatchAsync("/api/v1/links/once", JsonBody("""{"maxVisits":2}"""), Cancelled)) { }

        using var visit = await VisitAsync("/once");
        Assert.Equal(HttpStatusCode.Found, visit.StatusCode);
        using var taken = await _terse.Admin.PatchAsync("/api/v1/links/once", JsonBody("""{"maxVisits":null}"""), Cancelled);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await taken.JsonAsync()).GetProperty("visits").ValueKind);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000_000_001)]
    public async Task A_limit_that_is_none_is_refused(long maxVisits)
    {
        using var response = await _terse.Admin.PostJsonAsync("/api/v1/links", new { url = "https://example.com/", maxVisits, password = new string('x', 129) });
        var problem = await response.ProblemAsync(400, "validation-failed");
        Assert.Equal(["maxVisits", "password"], problem.ErrorFields());
    }

    [Fact]
    public async Task A_browser_is_asked_for_the_password_and_then_sent_on_without_it()
    {
        var made = await _terse.CreateAsync(new { url = "https://example.com/inside", alias = "door", password = "öpen sesame", redirectType = 308, title = "Inside" });
        Assert.True(made.GetProperty("hasPassword").GetBoolean());
        Assert.DoesNotContain("sesame", made.GetRawText(), StringComparison.Ordinal);

        using var page = await VisitAsync("/door", accept: "text/html");
        var html = await page.Content.ReadAsStringAsync(Cancelled);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("type=\"password\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("example.com", html + page.Headers, StringComparison.Ordinal);

        using var wrong = await TypeAsync("/door", "guess");
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        Assert.Contains("role=\"alert\"", await wrong.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);

        // 303, whatever the link's own status: 308 would have the browser send the form to the destination.
        using var right = await TypeAsync("/door", "öpen sesame");
        Assert.Equal(HttpStatusCode.SeeOther, right.StatusCode);
        Assert.Equal("https://example.com/inside", right.Headers.Location?.OriginalString);
        Assert.Equal("no-store", right.Headers.CacheControl?.ToString());
        Assert.False(right.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_program_sends_the_password_in_a_header()
    {
        await _terse.CreateAsync(new { url = "https://example.com/inside", alias = "door", password = "sesame" });

        using (var without = await VisitAsync("/door"))
        {
            await without.ProblemAsync(401, "link-password-needed");
            Assert.Equal("Link-Password", without.Headers.WwwAuthenticate.ToString());
        }

        using (var wrong = await VisitAsync("/door", header: "X-Link-Password: Sesame")) await wrong.ProblemAsync(403, "link-password-wrong");
        using var right = await VisitAsync("/door", header: "X-Link-Password: sesame");
        Assert.Equal("https://example.com/inside", right.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_preview_reveals_nothing_of_a_link_with_a_password()
    {
        await _terse.CreateAsync(new { url = "https://example.com/inside", alias = "door", title = "The title", password = "sesame" });

        using var preview = await VisitAsync("/door+");
        var json = await preview.JsonAsync();
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.GetProperty("url").ValueKind);
        Assert.True(json.GetProperty("hasPassword").GetBoolean());

        using var page = await VisitAsync("/door+", accept: "text/html");
        var html = await page.Content.ReadAsStringAsync(Cancelled);
        Assert.DoesNotContain("example.com", html + json.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("The title", html + json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guesses_of_one_address_are_limited_and_other_addresses_go_on()
    {
        await _terse.CreateAsync(new { url = "https://example.com/inside", alias = "door", password = "sesame" });
        for (var i = 0; i < 5; i++)
            using (var wrong = await VisitAsync("/door", header: "X-Link-Password: guess", from: "203.0.113.1")) Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);

        // Limited before it is checked: the right one is no exception, or the limit would tell it from the wrong ones.
        using (var limited = await VisitAsync("/door", header: "X-Link-Password: sesame", from: "203.0.113.1"))
        {
            await limited.ProblemAsync(429, "too-many-guesses");
            Assert.InRange(limited.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        }

        using (var other = await VisitAsync("/door", header: "X-Link-Password: sesame", from: "203.0.113.2")) Assert.Equal(HttpStatusCode.Found, other.StatusCode);
        _terse.Time.Advance(TimeSpan.FromSeconds(13));
        using var later = await VisitAsync("/door", header: "X-Link-Password: sesame", from: "203.0.113.1");
        Assert.Equal(HttpStatusCode.Found, later.StatusCode);
    }

    [Fact]
    public async Task A_wrong_password_takes_no_visit()
    {
        await _terse.CreateAsync(new { url = "https://example.com/inside", alias = "door", password = "sesame", maxVisits = 1 });

        using (await TypeAsync("/door", "guess")) { }
        Assert.Equal(0, (await LinkAsync("door")).GetProperty("visits").GetInt64());

        using (var right = await TypeAsync("/door", "sesame")) Assert.Equal(HttpStatusCode.SeeOther, right.StatusCode);
        using var again = await TypeAsync("/door", "sesame");
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
    }

    [Fact]
    public async Task A_form_that_is_too_large_or_sent_to_an_open_link_opens_nothing()
    {
        await _terse.CreateAsync(new { url = "https://example.com/inside", alias = "door", password = "sesame" });
        await _terse.CreateAsync(new { url = "https://example.com/open", alias = "open" });

        using (var large = await TypeAsync("/door", new string('x', 10_000))) Assert.Null(large.Headers.Location);
        using var open = await TypeAsync("/open", "sesame");
        Assert.Null(open.Headers.Location);
    }

    [Fact]
    public async Task A_retry_with_the_same_password_is_the_same_request_and_another_password_is_not()
    {
        async Task<HttpResponseMessage> CreateAsync(string password)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/links")
            {
                Content = JsonBody($$"""{"url":"https://example.com/inside","password":"{{password}}"}"""),
            };
            request.Headers.Add("Idempotency-Key", "once");
            return await _terse.Admin.SendAsync(request, Cancelled);
        }

        using var first = await CreateAsync("sesame");
        using var retry = await CreateAsync("sesame");
        using var other = await CreateAsync("other");

        Assert.Equal((await first.JsonAsync()).Text("code"), (await retry.JsonAsync()).Text("code"));
        await other.ProblemAsync(422, "idempotency-mismatch");
    }

    [Fact]
    public async Task The_store_keeps_a_salted_slow_hash_and_a_changed_password_replaces_it()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "one", password = "sesame" });
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "two", password = "sesame" });
        var store = _terse.App.Services.GetRequiredService<ILinkStore>();
        var (one, two) = ((await store.FindAsync(ShortCode.Parse("one"), Cancelled))!, (await store.FindAsync(ShortCode.Parse("two"), Cancelled))!);
        Assert.StartsWith("$pbkdf2-sha256$i=100000$", one.PasswordHash, StringComparison.Ordinal);
        Assert.NotEqual(one.PasswordHash, two.PasswordHash);

        using (await _terse.Admin.PatchAsync("/api/v1/links/one", JsonBody("""{"password":"barley"}"""), Cancelled)) { }
        using (var old = await VisitAsync("/one", header: "X-Link-Password: sesame")) Assert.Equal(HttpStatusCode.Forbidden, old.StatusCode);
        using (var fresh = await VisitAsync("/one", header: "X-Link-Password: barley")) Assert.Equal(HttpStatusCode.Found, fresh.StatusCode);
        using (await _terse.Admin.PatchAsync("/api/v1/links/one", JsonBody("""{"password":null}"""), Cancelled)) { }
        using var open = await VisitAsync("/one");
        Assert.Equal(HttpStatusCode.Found, open.StatusCode);
    }

    [Fact]
    public async Task An_export_without_secrets_does_not_open_a_link_with_a_password()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "door", password = "sesame", maxVisits = 5 });
        using (await VisitAsync("/door", header: "X-Link-Password: sesame")) { }
        var bare = await _terse.Admin.GetStringAsync("/api/v1/export", Cancelled);
        var whole = await _terse.Admin.GetStringAsync("/api/v1/export?secrets=true", Cancelled);
        Assert.DoesNotContain("pbkdf2", bare, StringComparison.Ordinal);

        await using var other = await TerseInstance.StartAsync();
        using (var refused = await other.Admin.PostAsync("/api/v1/import", new StringContent(bare), Cancelled))
            Assert.Equal(0, (await refused.JsonAsync()).GetProperty("added").GetInt64());
        using (var taken = await other.Admin.PostAsync("/api/v1/import", new StringContent(whole), Cancelled))
            Assert.Equal(1, (await taken.JsonAsync()).GetProperty("added").GetInt64());
        var store = other.App.Services.GetRequiredService<ILinkStore>();
        var link = (await store.FindAsync(ShortCode.Parse("door"), Cancelled))!;
        Assert.Equal((5, 1), (link.MaxVisits, link.Visits));
        Assert.NotNull(link.PasswordHash);
    }

    private async Task<System.Text.Json.JsonElement> LinkAsync(string code)
    {
        using var response = await _terse.Admin.GetAsync($"/api/v1/links/{code}", Cancelled);
        return await response.JsonAsync();
    }

    private async Task<HttpResponseMessage> VisitAsync(
        string path, string agent = Browser, HttpMethod? method = null, string? header = null, string? accept = null, string? from = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (agent.Length > 0) request.Headers.Add("User-Agent", agent);
        if (header is not null) request.Headers.Add(header.Split(": ")[0], header.Split(": ")[1]);
        if (accept is not null) request.Headers.Add("Accept", accept);
        if (from is not null) request.Headers.Add("X-Forwarded-For", from);
        return await _terse.Anonymous.SendAsync(request, Cancelled);
    }

    private async Task<HttpResponseMessage> TypeAsync(string path, string password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([new("password", password)]) };
        request.Headers.Add("User-Agent", Browser);
        request.Headers.Add("Accept", "text/html");
        return await _terse.Anonymous.SendAsync(request, Cancelled);
    }

    private static StringContent JsonBody(string json) => new(json, System.Text.Encoding.UTF8, "application/json");
}
