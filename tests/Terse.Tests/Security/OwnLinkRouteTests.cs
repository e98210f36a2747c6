using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Security;

/// <summary>What a key that is narrowed to its own links (scope own) may do on every route of the OpenAPI document.</summary>
public sealed partial class OwnLinkRouteTests : IAsyncLifetime
{
    private const string Narrowed = "its own links";
    private const string Closed = "nothing";

    /// <summary>
    /// Routes for keys with read or write that are about no one link, and what a narrowed key reaches there. A route that is not here yet fails the test: decide whether
    /// it can keep to the caller's own links. Routes for admins need no decision, since own and admin exclude each other.
    /// </summary>
    private static readonly Dictionary<string, string> OfNoOneLink = new()
    {
        ["GET /api/v1/links"] = Narrowed,
        ["POST /api/v1/links"] = Narrowed,
        ["POST /api/v1/links/bulk"] = Narrowed,
        ["GET /api/v1/stats"] = Closed,
        ["GET /api/v1/live"] = Closed,
    };

    /// <summary>Ways to ask that an answer could tell the two apart by.</summary>
    private static readonly (string Query, string Body, string? IfMatch)[] Requests =
    [
        ("", """{"title":"Changed"}""", null),
        ("", "{}", null),
        ("", "{}", "*"),
        ("", "{}", "\"1\""),
        ("", "{}", "no entity tag"),
        ("", """{"url":"javascript:alert(1)","title":7}""", null),
        ("", """{"url":"javascript:alert(1)"}""", null),
        ("", """{"password":"long enough for one"}""", null),
        ("", "{", null),
        ("?include=clicks", "{}", null),
        ("?include=no&limit=0&format=no&size=1&dark=no&cursor=no&unit=no", "{}", null),
    ];

    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;
    private TerseInstance _terse = null!;
    private HttpClient _own = null!;

    public async ValueTask InitializeAsync()
    {
        _terse = await TerseInstance.StartAsync();
        _own = await _terse.KeyAsync("read", "write", "own");
    }

    public async ValueTask DisposeAsync()
    {
        _own.Dispose();
        await _terse.DisposeAsync();
    }

    [Fact]
    public async Task Another_s_link_is_answered_as_one_that_is_not_there_on_every_route()
    {
        var told = new List<string>();
        foreach (var (route, index) in (await OfOneLinkAsync()).Select((route, index) => (route, index)))
        {
            var before = await _terse.CreateAsync(new { url = "https://example.com/", alias = $"theirs{index}", title = "Theirs", maxVisits = 10 });
            foreach (var request in Requests)
            {
                var (theirs, absent) = (await AskAsync(route, $"theirs{index}", request), await AskAsync(route, $"absent{index}", request));
                if (theirs != absent) told.Add($"{route} {request}: {theirs} is not {absent}");
                if (!theirs.StartsWith('4')) told.Add($"{route} {request} answers {theirs}");
            }

            using var after = await _terse.Admin.GetAsync($"/api/v1/links/theirs{index}", Cancelled);
            if (before.GetRawText() != await after.Content.ReadAsStringAsync(Cancelled)) told.Add($"{route} changed another's link");
        }

        Assert.True(told.Count == 0, string.Join('\n', told));
    }

    [Fact]
    public async Task Its_own_link_is_there_on_every_route_that_its_scopes_open()
    {
        var refused = new List<string>();
        foreach (var (route, index) in (await OfOneLinkAsync()).Where(route => route.Scope != "admin").Select((route, index) => (route, index)))
        {
            using (var made = await _own.PostJsonAsync("/api/v1/links", new { url = "https://example.com/", alias = $"mine{index}" })) Assert.Equal(HttpStatusCode.Created, made.StatusCode);
            var answer = await AskAsync(route, $"mine{index}", Requests[0]);
            if (!answer.StartsWith('2')) refused.Add($"{route} answers {answer}");
        }

        Assert.Empty(refused);
    }

    [Fact]
    public async Task Every_route_that_is_about_no_one_link_is_decided_on()
    {
        var routes = (await ApiRoute.ReadAllAsync(_terse)).Where(route => !route.IsOfOneLink).ToList();
        Assert.Equal(OfNoOneLink.Keys.Order(), routes.Where(route => route.Scope != "admin").Select(route => route.ToString()).Order());

        foreach (var route in routes)
        {
            using var response = await SendAsync(route, "nothing", Requests[0]);
            if (route.Scope == "admin") await response.ProblemAsync(403, "forbidden");
            else if (OfNoOneLink[route.ToString()] == Closed) await response.ProblemAsync(403, "own-links-only");
            else Assert.True(response.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.NotFound) && (int)response.StatusCode < 500, $"{route} answers {response.StatusCode}");
        }
    }

    private async Task<IEnumerable<ApiRoute>> OfOneLinkAsync() => (await ApiRoute.ReadAllAsync(_terse)).Where(route => route.IsOfOneLink);

    private Task<HttpResponseMessage> SendAsync(ApiRoute route, string code, (string Query, string Body, string? IfMatch) asked)
    {
        var request = new HttpRequestMessage(route.Method, route.Path(code) + asked.Query);
        if (route.Method != HttpMethod.Get && route.Method != HttpMethod.Delete) request.Content = new StringContent(asked.Body, Encoding.UTF8, "application/json");
        if (asked.IfMatch is { } tag) request.Headers.TryAddWithoutValidation("If-Match", tag);
        return _own.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }

    /// <summary>Status, headers and body of the answer, without the code and what differs from one request to the next. A good answer may be a stream that never ends.</summary>
    private async Task<string> AskAsync(ApiRoute route, string code, (string, string, string?) asked)
    {
        using var response = await SendAsync(route, code, asked);
        if (response.IsSuccessStatusCode) return $"{(int)response.StatusCode}";
        var headers = response.Headers.Concat(response.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order();
        var body = await response.Content.ReadAsStringAsync(Cancelled);
        return $"{(int)response.StatusCode} {string.Join("; ", headers)} {TraceId().Replace(body, "").Replace(code, "CODE", StringComparison.Ordinal)}";
    }

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();
}

internal static class ScopedKeys
{
    /// <summary>Makes a key with these scopes, and a client that sends it.</summary>
    public static async Task<HttpClient> KeyAsync(this TerseInstance terse, params string[] scopes)
    {
        using var response = await terse.Admin.PostJsonAsync("/api/v1/keys", new { name = "test", scopes });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return terse.Client((await response.JsonAsync()).Text("key"));
    }
}
