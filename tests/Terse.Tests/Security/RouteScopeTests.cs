using System.Net;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Security;

/// <summary>Who may call what: every route of the OpenAPI document, with every kind of key.</summary>
public sealed class RouteScopeTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;
    private static readonly string[] Scopes = ["read", "write", "admin"];
    private TerseInstance _terse = null!;

    public async ValueTask InitializeAsync() => _terse = await TerseInstance.StartAsync();

    public ValueTask DisposeAsync() => _terse.DisposeAsync();

    [Fact]
    public async Task Every_route_is_open_to_keys_with_its_scope_and_to_no_other()
    {
        var keys = new Dictionary<string, HttpClient> { ["none"] = _terse.Anonymous, ["unknown"] = _terse.Client("terse_BBBBBBBBBB_0123456789abcdefghijklmnopqrstuv") };
        foreach (var scope in Scopes) keys[scope] = _terse.Client(await CreateKeyAsync(scope));

        var wrong = new List<string>();
        foreach (var route in await ApiRoute.ReadAllAsync(_terse))
        {
            foreach (var (key, client) in keys)
            {
                var status = await CallAsync(client, route);
                var expected = key is "none" or "unknown" ? HttpStatusCode.Unauthorized
                    : key == route.Scope || key == "admin" ? (HttpStatusCode?)null : HttpStatusCode.Forbidden;
                var right = expected is null ? status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) && (int)status < 500 : status == expected;
                if (!right) wrong.Add($"{route} (scope {route.Scope}) answers {(int)status} to a key of kind {key}");
            }
        }

        Assert.Empty(wrong);
    }

    /// <summary>The document tells what the routes ask for; what they are meant to ask for is told here, so that neither can be wrong with the other.</summary>
    [Fact]
    public async Task Links_and_their_statistics_ask_for_read_and_write_and_all_else_for_admin()
    {
        string[] ofKeys = ["/api/v1/links", "/api/v1/stats", "/api/v1/live"];
        string[] ofAdmins = ["/takedown", "/restore"];
        Assert.All(await ApiRoute.ReadAllAsync(_terse), route =>
        {
            var path = route.Path("code");
            var isForKeys = ofKeys.Any(start => path.StartsWith(start, StringComparison.Ordinal)) && !ofAdmins.Any(end => path.EndsWith(end, StringComparison.Ordinal));
            Assert.Equal((path, !isForKeys ? "admin" : route.Method == HttpMethod.Get ? "read" : "write"), (path, route.Scope));
        });
    }

    /// <summary>A route that the document leaves out must not be open by mistake either.</summary>
    [Fact]
    public void Every_route_under_api_asks_for_a_scope()
    {
        var open = _terse.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.TrimStart('/').StartsWith("api", StringComparison.OrdinalIgnoreCase) == true)
            .Where(endpoint => endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().All(data => !Scopes.Contains(data.Policy)) || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText);
        Assert.Empty(open);
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing()
    {
        var key = await CreateKeyAsync("admin");
        using (await _terse.Admin.DeleteAsync($"/api/v1/keys/{key.Split('_')[1]}", Cancelled)) { }
        using var client = _terse.Client(key);
        foreach (var route in await ApiRoute.ReadAllAsync(_terse)) Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(client, route));
    }

    private static async Task<HttpStatusCode> CallAsync(HttpClient client, ApiRoute route)
    {
        using var request = new HttpRequestMessage(route.Method, route.Path("nothing"));
        if (route.Method != HttpMethod.Get && route.Method != HttpMethod.Delete) request.Content = new StringContent("{}", Encoding.UTF8, "application/json");

        // Streams never end: the headers are the answer.
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        return response.StatusCode;
    }

    private async Task<string> CreateKeyAsync(string scope)
    {
        using var response = await _terse.Admin.PostJsonAsync("/api/v1/keys", new { name = scope, scopes = new[] { scope } });
        return (await response.JsonAsync()).Text("key");
    }
}
