using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Infrastructure;
using Terse.Tests.Webhooks;
using Terse.Webhooks;

namespace Terse.Tests.Security;

/// <summary>All flows that handle a secret, with every logger of the program and of the framework at Debug: no line has any of the secrets.</summary>
public sealed class SecretsInLogsTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_is_in_the_logs_at_debug_level()
    {
        using var lines = new CapturedLogs();
        await using var receiver = await HookReceiver.StartAsync();
        await using var terse = await TerseInstance.StartAsync(
            new() { ["Terse:Links:PasswordIterations"] = "100000", ["Terse:Webhooks:AllowPrivateAddresses"] = "true" },
            configure: services => services
                .AddLogging(logging => logging.AddProvider(lines).SetMinimumLevel(LogLevel.Debug))
                .Configure<LoggerFilterOptions>(filters => filters.Rules.Clear()));

        // Keys: made, used, mistaken.
        using var made = await terse.Admin.PostJsonAsync("/api/v1/keys", new { name = "ci", scopes = new[] { "read" } });
        var key = (await made.JsonAsync()).Text("key");
        const string WrongKey = "terse_CCCCCCCCCC_wrongwrongwrongwrongwrongwrongwr";
        using (var client = terse.Client(WrongKey)) (await client.GetAsync("/api/v1/links", Cancelled)).Dispose();
        using (var client = terse.Client(key)) (await client.PostJsonAsync("/api/v1/links", new { url = "https://example.com/" })).Dispose();

        // Links: a password made, changed, typed, mistaken, sent as a header; a destination that carries a token.
        await terse.CreateAsync(new { url = "https://example.com/in?token=destination-token", alias = "door", password = "open-sesame" });
        (await terse.Admin.PatchAsync("/api/v1/links/door", Json("""{"password":"close-sesame"}"""), Cancelled)).Dispose();
        (await terse.Admin.PatchAsync("/api/v1/links/door", Json("""{"password":12345678901}"""), Cancelled)).Dispose();
        (await terse.Anonymous.PostAsync("/door", new FormUrlEncodedContent([new("password", "close-sesame")]), Cancelled)).Dispose();
        (await terse.Anonymous.PostAsync("/door", new FormUrlEncodedContent([new("password", "guess-sesame")]), Cancelled)).Dispose();
        using (var request = new HttpRequestMessage(HttpMethod.Get, "/door"))
        {
            request.Headers.Add("X-Link-Password", "close-sesame");
            (await terse.Anonymous.SendAsync(request, Cancelled)).Dispose();
        }

        // Webhooks: made, rotated, delivered, failing.
        using var hook = await terse.Admin.PostJsonAsync("/api/v1/webhooks", new { url = receiver.Url + "?key=hook-token", events = new[] { "link.created" } });
        var hookJson = await hook.JsonAsync();
        var (id, secret) = (hookJson.Text("id"), hookJson.Text("secret"));
        await terse.CreateAsync(new { url = "https://example.com/2" });
        receiver.Status = 500;
        await terse.App.Services.GetRequiredService<WebhookWorker>().DeliverDueAsync(Cancelled);
        (await terse.Admin.PostAsync($"/api/v1/webhooks/{id}/ping", null, Cancelled)).Dispose();

        // A whole backup, there and back.
        var export = await terse.Admin.GetStringAsync("/api/v1/export?secrets=true", Cancelled);
        (await terse.Admin.PostAsync("/api/v1/import", new StringContent(export), Cancelled)).Dispose();
        var codeKey = await terse.App.Services.GetRequiredService<ICodeRangeStore>().GetOrAddKeyAsync(new byte[32], Cancelled);
        var hash = (await terse.App.Services.GetRequiredService<ILinkStore>().FindAsync(ShortCode.Parse("door"), Cancelled))!.PasswordHash!;

        var log = string.Join('\n', lines.Lines.Concat(lines.Scopes));
        Assert.Contains("/api/v1/keys", log, StringComparison.Ordinal);
        Assert.All(
            [
                TerseInstance.AdminKey, TerseInstance.AdminKey[^32..], key, key[^32..], WrongKey[^32..], "sesame", "12345678901", "destination-token", "hook-token",
                secret, secret["whsec_".Length..], Convert.ToBase64String(codeKey), Convert.ToHexString(codeKey), hash, "pbkdf2",
            ],
            text => Assert.DoesNotContain(text, log, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Engines that are away make stores log most of all: nothing that opens them is among it, nor in what the caller and the operator are told.</summary>
    [Fact]
    public async Task No_password_of_an_engine_is_in_the_logs_or_errors_while_it_is_away()
    {
        using var lines = new CapturedLogs();
        foreach (var settings in (Dictionary<string, string?>[])
        [
            new()
            {
                ["Terse:Stores:Links"] = "PostgreSql",
                ["Terse:PostgreSql:ConnectionString"] = "Host=127.0.0.1;Port=1;Database=terse;Username=terse;Password=first-engine-secret",
                ["Terse:PostgreSql:ReadConnectionString"] = "Host=127.0.0.1;Port=1;Database=terse;Username=terse;Password=second-engine-secret",
                ["Terse:Redis:Endpoints"] = "127.0.0.1:1",
                ["Terse:Redis:Password"] = "third-engine-secret",
                ["Terse:Metrics:Token"] = "fourth-engine-secret",
            },
            new()
            {
                ["Terse:Stores:Links"] = "DynamoDb",
                ["Terse:DynamoDb:ServiceUrl"] = "http://127.0.0.1:1",
                ["Terse:DynamoDb:AccessKey"] = "fifth-engine-secret",
                ["Terse:DynamoDb:SecretKey"] = "sixth-engine-secret",
                ["Terse:DynamoDb:MaxAttempts"] = "1",
                ["Terse:Stores:Queue"] = "Nats",
                ["Terse:Nats:Url"] = "nats://terse:seventh-engine-secret@127.0.0.1:1",
            },
        ])
        {
            try
            {
                await using var terse = await TerseInstance.StartAsync(settings, configure: services => services
                    .AddLogging(logging => logging.AddProvider(lines).SetMinimumLevel(LogLevel.Debug))
                    .Configure<LoggerFilterOptions>(filters => filters.Rules.Clear()));
                using var answer = await terse.Anonymous.GetAsync("/known", Cancelled);
                lines.Lines.Enqueue(await answer.Content.ReadAsStringAsync(Cancelled));
            }
            catch (StoreUnavailableException e)
            {
                // A node that makes codes does not start without its store: the operator sees this.
                lines.Lines.Enqueue($"{e}");
            }
        }

        var log = string.Join('\n', lines.Lines.Concat(lines.Scopes));
        Assert.Contains("127.0.0.1:1", log, StringComparison.Ordinal);
        Assert.DoesNotContain("engine-secret", log, StringComparison.OrdinalIgnoreCase);
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
