using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Terse.Clicks;
using Terse.Codes;
using Terse.Tests.Infrastructure;
using Terse.Webhooks;

namespace Terse.Tests.Webhooks;

public sealed class WebhookTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;
    private static readonly string[] LinkEvents = ["link.created", "link.changed", "link.deleted"];
    private TerseInstance _terse = null!;
    private HookReceiver _receiver = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await HookReceiver.StartAsync();
        _terse = await TerseInstance.StartAsync(new()
        {
            ["Terse:Webhooks:AllowPrivateAddresses"] = "true",
            ["Terse:Webhooks:Attempts"] = "3",
            ["Terse:Webhooks:DisableAfter"] = "4",
            ["Terse:Links:PasswordIterations"] = "100000",
        });

        // Here the test says when something is sent.
        await _terse.App.Services.GetRequiredService<WebhookWorker>().StopAsync(Cancelled);
        await _terse.App.Services.GetRequiredService<ClickWebhooks>().StopAsync(Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _terse.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Changes_of_links_are_told_with_a_standard_signature_and_without_secrets()
    {
        var hook = await CreateHookAsync(LinkEvents);
        await _terse.CreateAsync(new { url = "https://example.com/old", alias = "mine", password = "sesame" });
        using (await _terse.Admin.PatchAsync("/api/v1/links/mine", Json("""{"url":"https://example.com/new"}"""), Cancelled)) { }
        using (await _terse.Admin.DeleteAsync("/api/v1/links/mine", Cancelled)) { }

        Assert.Equal(3, await DeliverAsync());

        var received = _receiver.Received.OrderBy(one => one.Id, StringComparer.Ordinal).ToArray();
        Assert.Equal(LinkEvents.Order(StringComparer.Ordinal), received.Select(one => one.Json.Text("type")).Order(StringComparer.Ordinal));
        Assert.All(received, one => Assert.Equal("mine", one.Json.GetProperty("data").Text("code")));
        Assert.Contains(received, one => one.Json.GetProperty("data").Text("url") == "https://example.com/new");
        Assert.All(received, one => Assert.DoesNotContain("sesame", one.Body, StringComparison.Ordinal));
        Assert.All(received, one => Assert.DoesNotContain("pbkdf2", one.Body, StringComparison.Ordinal));

        // As the specification has the receiver do it, by hand.
        var key = Convert.FromBase64String(hook.Text("secret")["whsec_".Length..]);
        Assert.All(received, one => Assert.Equal(
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{one.Id}.{one.Timestamp}.{one.Body}"))), one.Signature));
        Assert.Equal(_terse.Time.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), received[0].Timestamp);
    }

    [Fact]
    public void The_signature_is_that_of_the_specification() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}"""));

    [Fact]
    public async Task A_failure_is_retried_with_growing_waits_and_then_is_a_dead_letter_that_can_be_replayed()
    {
        var id = (await CreateHookAsync(LinkEvents)).Text("id");
        _receiver.Status = 500;
        await _terse.CreateAsync(new { url = "https://example.com/" });

        Assert.Equal(1, await DeliverAsync());
        Assert.Equal(0, await DeliverAsync());
        _terse.Time.Advance(TimeSpan.FromSeconds(6.1));
        Assert.Equal(1, await DeliverAsync());
        _terse.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(0, await DeliverAsync());
        _terse.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, await DeliverAsync());
        Assert.Single(_receiver.Received.Select(one => one.Id).Distinct());

        var dead = (await GetAsync($"/api/v1/webhooks/{id}/deliveries?dead=true")).GetProperty("deliveries");
        Assert.Equal((3, "It answered 500."), (dead[0].GetProperty("attempts").GetInt32(), dead[0].Text("lastError")));
        Assert.Equal("link.created", dead[0].GetProperty("body").Text("type"));

        _receiver.Status = 200;
        using (var replay = await _terse.Admin.PostAsync($"/api/v1/webhooks/{id}/dead-letters/replay", null, Cancelled))
            Assert.Equal(1, (await replay.JsonAsync()).GetProperty("count").GetInt32());
        Assert.Equal(1, await DeliverAsync());
        Assert.Equal(0, (await GetAsync($"/api/v1/webhooks/{id}")).GetProperty("failuresInARow").GetInt32());
        Assert.Equal(0, (await GetAsync($"/api/v1/webhooks/{id}/deliveries?dead=true")).GetProperty("deliveries").GetArrayLength());
    }

    [Fact]
    public async Task A_webhook_that_keeps_failing_is_disabled_with_the_reason_and_sends_again_once_enabled()
    {
        var id = (await CreateHookAsync(LinkEvents)).Text("id");
        _receiver.Status = 503;
        for (var i = 0; i < 5; i++) await _terse.CreateAsync(new { url = $"https://example.com/{i}" });
        await DeliverAsync();

        var hook = await GetAsync($"/api/v1/webhooks/{id}");
        Assert.False(hook.GetProperty("enabled").GetBoolean());
        Assert.EndsWith("attempts in a row failed. The last: It answered 503.", hook.Text("disabledReason"), StringComparison.Ordinal);
        Assert.Equal("webhook.disabled", (await GetAsync($"/api/v1/audit?subject=webhook:{id}")).GetProperty("entries")[0].Text("action"));

        _receiver.Status = 204;
        _receiver.Received.Clear();
        _terse.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, await DeliverAsync());
        using (await _terse.Admin.PatchAsync($"/api/v1/webhooks/{id}", Json("""{"enabled":true}"""), Cancelled)) { }
        Assert.Equal(5, await DeliverAsync());
    }

    [Fact]
    public async Task A_receiver_that_answers_410_is_told_nothing_more()
    {
        var id = (await CreateHookAsync(LinkEvents)).Text("id");
        _receiver.Status = 410;
        await _terse.CreateAsync(new { url = "https://example.com/" });
        await DeliverAsync();
        Assert.False((await GetAsync($"/api/v1/webhooks/{id}")).GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var id = (await CreateHookAsync(LinkEvents)).Text("id");
        _receiver.Status = 302;

        using var ping = await _terse.Admin.PostAsync($"/api/v1/webhooks/{id}/ping", null, Cancelled);

        var result = await ping.JsonAsync();
        Assert.False(result.GetProperty("delivered").GetBoolean());
        Assert.Equal(302, result.GetProperty("status").GetInt32());
        Assert.Equal("/hook", Assert.Single(_receiver.Received).Path);
    }

    [Fact]
    public async Task The_end_of_a_link_is_told_when_it_comes_and_not_when_it_was_put_off()
    {
        await CreateHookAsync(["link.expired"]);
        await _terse.CreateAsync(new { url = "https://example.com/1", alias = "short", ttl = 60 });
        await _terse.CreateAsync(new { url = "https://example.com/2", alias = "longer", ttl = 60 });
        await _terse.CreateAsync(new { url = "https://example.com/3", alias = "endless" });
        using (await _terse.Admin.PatchAsync("/api/v1/links/short", Json("""{"title":"late title"}"""), Cancelled)) { }
        using (await _terse.Admin.PatchAsync("/api/v1/links/longer", Json("""{"ttl":3600}"""), Cancelled)) { }

        _terse.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, await DeliverAsync());
        _terse.Time.Advance(TimeSpan.FromSeconds(2));
        await DeliverAsync();
        var ended = Assert.Single(_receiver.Received).Json;
        Assert.Equal(("link.expired", "short", "late title"), (ended.Text("type"), ended.GetProperty("data").Text("code"), ended.GetProperty("data").Text("title")));

        _terse.Time.Advance(TimeSpan.FromHours(1));
        await DeliverAsync();
        Assert.Equal(["short", "longer"], _receiver.Received.Select(one => one.Json.GetProperty("data").Text("code")));
    }

    [Fact]
    public async Task The_end_of_a_link_that_was_there_before_the_webhook_is_told()
    {
        await _terse.CreateAsync(new { url = "https://example.com/1", alias = "early", ttl = 60 });
        var id = (await CreateHookAsync(["link.expired"])).Text("id");
        var store = _terse.App.Services.GetRequiredService<IWebhookStore>();
        var began = System.Diagnostics.Stopwatch.StartNew();
        while ((await store.ListDeliveriesAsync(id, dead: false, null, 10, Cancelled)).Count == 0) Assert.True(began.Elapsed < TimeSpan.FromSeconds(60), "Its end is not queued.");

        _terse.Time.Advance(TimeSpan.FromSeconds(61));
        await DeliverAsync();

        Assert.Equal("early", Assert.Single(_receiver.Received).Json.GetProperty("data").Text("code"));
    }

    [Fact]
    public async Task An_end_that_came_while_nothing_ran_is_told_at_the_next_start()
    {
        var data = Directory.CreateTempSubdirectory("terse-test-").FullName;
        var settings = new Dictionary<string, string?> { ["Terse:Webhooks:AllowPrivateAddresses"] = "true" };
        await using (var before = await TerseInstance.StartAsync(settings, data, _terse.Time))
        {
            using var hook = await before.Admin.PostJsonAsync("/api/v1/webhooks", new { url = _receiver.Url, events = new[] { "link.expired" } });
            await before.CreateAsync(new { url = "https://example.com/1", alias = "short", ttl = 60 });
        }

        _terse.Time.Advance(TimeSpan.FromHours(1));
        await using (await TerseInstance.StartAsync(settings, data, _terse.Time))
        {
            var began = System.Diagnostics.Stopwatch.StartNew();
            while (_receiver.Received.IsEmpty)
            {
                Assert.True(began.Elapsed < TimeSpan.FromSeconds(60), "Nothing is told.");
                _terse.Time.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancelled);
            }
        }
        Assert.Equal("short", _receiver.Received.First().Json.GetProperty("data").Text("code"));
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Clicks_are_told_in_batches_with_nothing_that_leads_to_a_person()
    {
        await CreateHookAsync(["link.clicked"]);
        var clicks = _terse.App.Services.GetRequiredService<ClickWebhooks>();
        await clicks.PublishAsync();
        clicks.OnWritten([.. Enumerable.Range(0, 150).Select(n => new EnrichedClick
        {
            Position = n, At = _terse.Time.GetUtcNow(), Kind = ClickKind.Redirected, Code = ShortCode.Parse("mine"), Visitor = 123_456_789, City = "Jena", Country = "DE", Browser = "Firefox",
        })]);
        await clicks.PublishAsync();

        await DeliverAsync();

        Assert.Equal([50, 100], _receiver.Received.Select(one => one.Json.GetProperty("data").GetProperty("clicks").GetArrayLength()).Order());
        Assert.All(_receiver.Received, one => Assert.Equal("DE", one.Json.GetProperty("data").GetProperty("clicks")[0].Text("country")));
        Assert.All(_receiver.Received, one => Assert.DoesNotContain("123456789", one.Body, StringComparison.Ordinal));
        Assert.All(_receiver.Received, one => Assert.DoesNotContain("Jena", one.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answered_change_is_told_even_if_the_program_ends_first()
    {
        var data = Directory.CreateTempSubdirectory("terse-test-");
        var settings = new Dictionary<string, string?> { ["Terse:Webhooks:AllowPrivateAddresses"] = "true" };
        await using (var first = await TerseInstance.StartAsync(settings, data.FullName))
        {
            using (await first.Admin.PostJsonAsync("/api/v1/webhooks", new { url = _receiver.Url, events = LinkEvents })) { }
            await first.CreateAsync(new { url = "https://example.com/", alias = "mine" });
        }

        await using (var next = await TerseInstance.StartAsync(settings, data.FullName))
            await next.App.Services.GetRequiredService<WebhookWorker>().DeliverDueAsync(Cancelled);

        Assert.Equal("mine", Assert.Single(_receiver.Received).Json.GetProperty("data").Text("code"));
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_secret_is_shown_when_made_or_rotated_and_never_again()
    {
        var made = await CreateHookAsync(LinkEvents);
        var (id, secret) = (made.Text("id"), made.Text("secret"));
        using var rotated = await _terse.Admin.PatchAsync($"/api/v1/webhooks/{id}", Json("""{"rotateSecret":true}"""), Cancelled);
        var fresh = (await rotated.JsonAsync()).Text("secret");

        Assert.NotEqual(secret, fresh);
        var everything = (await GetAsync("/api/v1/webhooks")).GetRawText() + (await GetAsync($"/api/v1/webhooks/{id}")).GetRawText() + (await GetAsync("/api/v1/audit")).GetRawText();
        Assert.DoesNotContain(secret, everything, StringComparison.Ordinal);
        Assert.DoesNotContain(fresh, everything, StringComparison.Ordinal);
        Assert.Contains("\"secret\":\"changed\"", everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_with_wrong_fields_is_refused_by_each()
    {
        using var response = await _terse.Admin.PostJsonAsync("/api/v1/webhooks", new { url = "ftp://example.com/", events = new[] { "link.visited" }, secret = "whsec_short", description = new string('x', 201) });
        Assert.Equal(["description", "events", "secret", "url"], (await response.ProblemAsync(400, "validation-failed")).ErrorFields());
    }

    private async Task<JsonElement> CreateHookAsync(string[] events)
    {
        using var response = await _terse.Admin.PostJsonAsync("/api/v1/webhooks", new { url = _receiver.Url, events });
        Assert.Equal(201, (int)response.StatusCode);
        return await response.JsonAsync();
    }

    private Task<int> DeliverAsync() => _terse.App.Services.GetRequiredService<WebhookWorker>().DeliverDueAsync(Cancelled);

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _terse.Admin.GetAsync(path, Cancelled);
        return await response.JsonAsync();
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
