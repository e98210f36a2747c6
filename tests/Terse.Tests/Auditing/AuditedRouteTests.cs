using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Terse.Tests.Infrastructure;
using Terse.Tests.Security;

namespace Terse.Tests.Auditing;

/// <summary>Every route of the API and of the dashboard that changes something, and the entry that it leaves. A new route fails here until it is decided on.</summary>
public sealed partial class AuditedRouteTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    /// <summary>Routes that change nothing which is kept under someone's name.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["POST /api/v1/webhooks/{id}/ping"] = "Sends a test event: no state is changed.",
        ["POST /api/v1/edge-logs/{log}/visits"] = "Counts visits, as a redirect does: data, not a change of what is kept about links.",
        ["POST /admin/webhooks/{id}/ping"] = "As in the API.",
        ["POST /admin/sign-in"] = "Opens a session: the browser keeps it, the server keeps nothing.",
        ["POST /admin/sign-out"] = "Ends a session.",
        ["POST /admin/welcome"] = "Shows the first key, whose making has an entry.",
    };

    private readonly DirectoryInfo _other = Directory.CreateTempSubdirectory("terse-audit-");
    private AuditedRoutes _routes = null!;
    private HttpClient _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _routes = await AuditedRoutes.StartAsync(_other.FullName);
        _browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = _routes.Terse.Url };
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _routes.Terse.DisposeAsync();
        _other.Delete(recursive: true);
    }

    [Fact]
    public async Task Every_change_through_the_API_leaves_an_entry()
    {
        var (terse, admin) = (_routes.Terse, _routes.Terse.Admin);
        var calls = new Dictionary<string, (string Action, Func<Task<HttpResponseMessage>> Call)>
        {
            ["POST /api/v1/links"] = ("link.created", () => admin.PostJsonAsync("/api/v1/links", new { url = "https://example.com/1" })),
            ["POST /api/v1/links/bulk"] = ("link.created", () => admin.PostJsonAsync("/api/v1/links/bulk", new { links = new[] { new { url = "https://example.com/2" } } })),
            ["PATCH /api/v1/links/{code}"] = ("link.changed", async () => await admin.PatchAsync($"/api/v1/links/{await _routes.LinkAsync()}", AuditedRoutes.Json("""{"title":"New"}"""), Cancelled)),
            ["DELETE /api/v1/links/{code}"] = ("link.deleted", async () => await admin.DeleteAsync($"/api/v1/links/{await _routes.LinkAsync()}", Cancelled)),
            ["POST /api/v1/links/{code}/takedown"] = ("link.taken-down", async () => await admin.PostJsonAsync($"/api/v1/links/{await _routes.LinkAsync()}/takedown", new { reason = "spam" })),
            ["POST /api/v1/links/{code}/restore"] = ("link.restored", async () => await admin.PostAsync($"/api/v1/links/{await _routes.LinkAsync(takenDown: true)}/restore", null, Cancelled)),
            ["POST /api/v1/keys"] = ("key.created", () => admin.PostJsonAsync("/api/v1/keys", new { name = "ci", scopes = new[] { "read" } })),
            ["DELETE /api/v1/keys/{id}"] = ("key.revoked", async () => await admin.DeleteAsync($"/api/v1/keys/{await _routes.KeyAsync()}", Cancelled)),
            ["POST /api/v1/webhooks"] = ("webhook.created", () => admin.PostJsonAsync("/api/v1/webhooks", new { url = "http://127.0.0.1:1/", events = new[] { "link.expired" } })),
            ["PATCH /api/v1/webhooks/{id}"] = ("webhook.changed", async () => await admin.PatchAsync($"/api/v1/webhooks/{await _routes.WebhookAsync()}", AuditedRoutes.Json("""{"description":"New"}"""), Cancelled)),
            ["DELETE /api/v1/webhooks/{id}"] = ("webhook.deleted", async () => await admin.DeleteAsync($"/api/v1/webhooks/{await _routes.WebhookAsync()}", Cancelled)),
            ["POST /api/v1/webhooks/{id}/dead-letters/replay"] = ("webhook.replayed", async () => await admin.PostAsync($"/api/v1/webhooks/{await _routes.WebhookAsync()}/dead-letters/replay", null, Cancelled)),
            ["DELETE /api/v1/webhooks/{id}/dead-letters"] = ("webhook.discarded", async () => await admin.DeleteAsync($"/api/v1/webhooks/{await _routes.WebhookAsync()}/dead-letters", Cancelled)),
            ["POST /api/v1/dead-letters/{id}/replay"] = ("dead-letter.replayed", async () => await admin.PostAsync($"/api/v1/dead-letters/{await _routes.DeadLetterAsync()}/replay", null, Cancelled)),
            ["DELETE /api/v1/dead-letters/{id}"] = ("dead-letter.discarded", async () => await admin.DeleteAsync($"/api/v1/dead-letters/{await _routes.DeadLetterAsync()}", Cancelled)),
            ["POST /api/v1/import"] = ("import.ended", () => admin.PostAsync("/api/v1/import", AuditedRoutes.Csv("imported"), Cancelled)),
            ["PUT /api/v1/migration"] = ("migration.lead-changed", () => admin.PutAsync("/api/v1/migration", AuditedRoutes.Json("""{"leads":"target"}"""), Cancelled)),
        };
        await CheckAsync((await ApiRoute.ReadAllAsync(terse)).Where(route => route.Method != HttpMethod.Get).Select(route => route.ToString()), "/api/", calls);
    }

    [Fact]
    public async Task Every_change_in_the_dashboard_leaves_an_entry()
    {
        await SignInAsync();
        var calls = new Dictionary<string, (string Action, Func<Task<HttpResponseMessage>> Call)>
        {
            ["POST /admin/links"] = ("link.created", () => Post("/admin/links", ("url", "https://example.com/1"))),
            ["POST /admin/links/bulk"] = ("link.changed", async () => await Post("/admin/links/bulk", ("action", "disable"), ("codes", await _routes.LinkAsync()))),
            ["POST /admin/links/undo"] = ("link.restored", UndoAsync),
            ["POST /admin/links/{code}"] = ("link.changed", EditAsync),
            ["POST /admin/links/{code}/state"] = ("link.changed", async () => await Post($"/admin/links/{await _routes.LinkAsync()}/state", ("disabled", "true"))),
            ["POST /admin/links/{code}/delete"] = ("link.deleted", async () => await Post($"/admin/links/{await _routes.LinkAsync()}/delete")),
            ["POST /admin/links/{code}/takedown"] = ("link.taken-down", async () => await Post($"/admin/links/{await _routes.LinkAsync()}/takedown", ("reason", "Spam"))),
            ["POST /admin/links/{code}/restore"] = ("link.restored", async () => await Post($"/admin/links/{await _routes.LinkAsync(takenDown: true)}/restore")),
            ["POST /admin/keys"] = ("key.created", () => Post("/admin/keys", ("name", "ci"), ("scopes", "read"))),
            ["POST /admin/keys/{id}/revoke"] = ("key.revoked", async () => await Post($"/admin/keys/{await _routes.KeyAsync()}/revoke")),
            ["POST /admin/webhooks"] = ("webhook.created", () => Post("/admin/webhooks", ("url", "http://127.0.0.1:1/"), ("events", "link.expired"))),
            ["POST /admin/webhooks/{id}/state"] = ("webhook.changed", async () => await Post($"/admin/webhooks/{await _routes.WebhookAsync()}/state", ("disabled", "true"))),
            ["POST /admin/webhooks/{id}/delete"] = ("webhook.deleted", async () => await Post($"/admin/webhooks/{await _routes.WebhookAsync()}/delete")),
            ["POST /admin/webhooks/{id}/replay"] = ("webhook.replayed", async () => await Post($"/admin/webhooks/{await _routes.WebhookAsync()}/replay")),
            ["POST /admin/operations/dead-letters/{id}/replay"] = ("dead-letter.replayed", async () => await Post($"/admin/operations/dead-letters/{await _routes.DeadLetterAsync()}/replay")),
            ["POST /admin/operations/dead-letters/{id}/discard"] = ("dead-letter.discarded", async () => await Post($"/admin/operations/dead-letters/{await _routes.DeadLetterAsync()}/discard")),
            ["POST /admin/operations/dead-letters/replay"] = ("dead-letter.replayed", ReplayAllAsync),
            ["POST /admin/blocklist"] = ("blocklist.changed", () => Post("/admin/blocklist", ("hosts", "evil.example"))),
            ["POST /admin/transfer/import"] = ("import.ended", () => _browser.PostAsync("/admin/transfer/import?format=csv", AuditedRoutes.Csv("imported"), Cancelled)),
        };
        var routes = _routes.Terse.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}") ?? [])
            .Where(route => route.Contains(" /admin", StringComparison.Ordinal) && !route.StartsWith("GET ", StringComparison.Ordinal) && !route.StartsWith("HEAD ", StringComparison.Ordinal));
        await CheckAsync(routes, "/admin/", calls);
    }

    private async Task CheckAsync(IEnumerable<string> routes, string prefix, Dictionary<string, (string Action, Func<Task<HttpResponseMessage>> Call)> calls)
    {
        Assert.Equal(routes.Order(StringComparer.Ordinal), calls.Keys.Concat(Exceptions.Keys.Where(route => route.Contains(prefix, StringComparison.Ordinal))).Order(StringComparer.Ordinal));
        var wrong = new List<string>();
        foreach (var (route, (action, call)) in calls)
        {
            var before = (await _routes.EntriesAsync()).Count(entry => entry.Text("action") == action);
            using var answer = await call();
            var entries = (await _routes.EntriesAsync()).Where(entry => entry.Text("action") == action).ToArray();
            if ((int)answer.StatusCode >= 400) wrong.Add($"{route} answers {(int)answer.StatusCode}");
            else if (entries.Length == before) wrong.Add($"{route} leaves no entry {action}");
            else if (entries[0].Text("actor") != "AAAAAAAAAA") wrong.Add($"{route} is told of {entries[0].Text("actor")}");
        }

        Assert.Empty(wrong);
    }

    private Task<HttpResponseMessage> Post(string path, params (string Name, string Value)[] fields) =>
        _browser.PostAsync(path, new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))), Cancelled);

    private async Task<HttpResponseMessage> UndoAsync()
    {
        using var deleted = await Post($"/admin/links/{await _routes.LinkAsync()}/delete");
        return await Post("/admin/links/undo", ("handle", Handle(deleted)));
    }

    private async Task<HttpResponseMessage> EditAsync()
    {
        var code = await _routes.LinkAsync();
        using var link = await _routes.Terse.Admin.GetAsync($"/api/v1/links/{code}", Cancelled);
        return await Post($"/admin/links/{code}", ("url", "https://example.com/new"), ("etag", link.Headers.ETag!.ToString()));
    }

    private async Task<HttpResponseMessage> ReplayAllAsync()
    {
        await _routes.DeadLetterAsync();
        return await Post("/admin/operations/dead-letters/replay");
    }

    /// <summary>Signs the browser in with the admin key; from then on it sends the token of its session's forms.</summary>
    private async Task SignInAsync()
    {
        _browser.DefaultRequestHeaders.Add("X-Form-Token", Token(await _browser.GetStringAsync("/admin/sign-in", Cancelled)));
        using (var signedIn = await _browser.PostAsync("/admin/sign-in", new FormUrlEncodedContent([new("key", TerseInstance.AdminKey)]), Cancelled)) Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        _browser.DefaultRequestHeaders.Remove("X-Form-Token");
        _browser.DefaultRequestHeaders.Add("X-Form-Token", Token(await _browser.GetStringAsync("/admin/keys", Cancelled)));
    }

    private static string Token(string page) => FormToken().Match(page).Groups[1].Value;

    /// <summary>The handle of the deletion, which the toast offers to undo.</summary>
    private static string Handle(HttpResponseMessage deleted) => JsonSerializer.Deserialize<JsonElement>(
        Convert.FromBase64String(Uri.UnescapeDataString(ToastCookie().Match(string.Join(';', deleted.Headers.GetValues("Set-Cookie"))).Groups[1].Value))).Text("Undo");

    [GeneratedRegex("name=\"form-token\" content=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex("terse-toast=([^;]+)")]
    private static partial Regex ToastCookie();
}
