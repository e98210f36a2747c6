using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.ApiKeys;

public sealed class ApiKeyTests : IAsyncLifetime
{
    private static readonly object Link = new { url = "https://example.com/" };
    private TerseInstance _terse = null!;

    public async ValueTask InitializeAsync() => _terse = await TerseInstance.StartAsync();

    public ValueTask DisposeAsync() => _terse.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("terse_AAAAAAAAAA_0123456789abcdefghijklmnopqrstuX")]
    [InlineData("terse_BBBBBBBBBB_0123456789abcdefghijklmnopqrstuv")]
    public async Task A_call_without_a_good_key_is_401(string? key)
    {
        using var client = _terse.Client(null);
        if (key is not null) client.DefaultRequestHeaders.TryAddWithoutValidation("X-Api-Key", key);
        using var response = await client.GetAsync("/api/v1/links", TestContext.Current.CancellationToken);
        await response.ProblemAsync(401, "unauthorized");
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task A_key_may_come_as_a_bearer_token()
    {
        using var client = _terse.Client(null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TerseInstance.AdminKey);
        using var response = await client.GetAsync("/api/v1/links", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("read", HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("write", HttpStatusCode.Forbidden, HttpStatusCode.Created, HttpStatusCode.Forbidden)]
    [InlineData("admin", HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.OK)]
    public async Task A_key_may_do_what_its_scopes_say(string scope, HttpStatusCode read, HttpStatusCode write, HttpStatusCode admin)
    {
        using var client = _terse.Client((await CreateAsync(scope)).Text("key"));
        using var reading = await client.GetAsync("/api/v1/links", TestContext.Current.CancellationToken);
        using var writing = await client.PostJsonAsync("/api/v1/links", Link);
        using var administrating = await client.GetAsync("/api/v1/keys", TestContext.Current.CancellationToken);
        Assert.Equal((read, write, admin), (reading.StatusCode, writing.StatusCode, administrating.StatusCode));
        if (write == HttpStatusCode.Forbidden) await writing.ProblemAsync(403, "forbidden");
    }

    [Fact]
    public async Task An_expired_key_is_refused()
    {
        var made = await CreateAsync("read", _terse.Time.GetUtcNow().AddHours(1));
        using var client = _terse.Client(made.Text("key"));
        using var before = await client.GetAsync("/api/v1/links", TestContext.Current.CancellationToken);
        _terse.Time.Advance(TimeSpan.FromHours(1));
        using var after = await client.GetAsync("/api/v1/links", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once()
    {
        var made = await CreateAsync("read");
        using var client = _terse.Client(made.Text("key"));
        using var before = await client.GetAsync("/api/v1/links", TestContext.Current.CancellationToken);
        using var revoked = await _terse.Admin.DeleteAsync($"/api/v1/keys/{made.GetProperty("record").Text("id")}", TestContext.Current.CancellationToken);
        using var after = await client.GetAsync("/api/v1/links", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.Unauthorized), (before.StatusCode, revoked.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task The_list_shows_no_secret()
    {
        var made = await CreateAsync("read");
        var list = await _terse.Admin.GetStringAsync("/api/v1/keys", TestContext.Current.CancellationToken);
        var id = made.GetProperty("record").Text("id");
        Assert.Contains(id, list, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Text("key").Split('_')[2], list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_needs_a_name_legal_scopes_and_a_future_end()
    {
        using var response = await _terse.Admin.PostJsonAsync("/api/v1/keys", new { scopes = new[] { "root" }, expiresAt = "2020-01-01T00:00:00Z" });
        Assert.Equal(["expiresAt", "name", "scopes"], (await response.ProblemAsync(400, "validation-failed")).ErrorFields());
    }

    [Theory]
    [InlineData("own", "together with read, write or both")]
    [InlineData("own,admin", "contradict each other")]
    [InlineData("read,own,admin", "contradict each other")]
    [InlineData("", "one or more of read, write, admin")]
    public async Task The_scope_own_is_refused_alone_and_beside_admin_with_the_reason(string scopes, string reason)
    {
        using var response = await _terse.Admin.PostJsonAsync("/api/v1/keys", new { name = "test", scopes = scopes.Split(',', StringSplitOptions.RemoveEmptyEntries) });
        var problem = await response.ProblemAsync(400, "validation-failed");
        Assert.Contains(reason, problem.GetProperty("errors").GetProperty("scopes")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_listed_with_the_scope_own()
    {
        using var response = await _terse.Admin.PostJsonAsync("/api/v1/keys", new { name = "test", scopes = new[] { "OWN", "write", "read" } });
        Assert.Equal(["read", "write", "own"], (await response.JsonAsync()).GetProperty("record").GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
    }

    private async Task<JsonElement> CreateAsync(string scope, DateTimeOffset? expiresAt = null)
    {
        using var response = await _terse.Admin.PostJsonAsync("/api/v1/keys", new { name = "test", scopes = new[] { scope }, expiresAt });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return await response.JsonAsync();
    }
}
