using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Terse.Auditing;
using Terse.Links;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Auditing;

public sealed class AuditTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;
    private TerseInstance _terse = null!;

    public async ValueTask InitializeAsync() => _terse = await TerseInstance.StartAsync(new() { ["Terse:Links:PasswordIterations"] = "100000", ["Terse:Audit:Retention"] = "1.00:00:00" });

    public ValueTask DisposeAsync() => _terse.DisposeAsync();

    [Fact]
    public async Task The_history_of_a_link_tells_who_changed_what_and_outlives_it()
    {
        await _terse.CreateAsync(new { url = "https://example.com/old", alias = "mine", title = "Old" });
        _terse.Time.Advance(TimeSpan.FromMinutes(5));
        using (await _terse.Admin.PatchAsync("/api/v1/links/mine", Json("""{"url":"https://example.com/new","title":"Old"}"""), Cancelled)) { }
        using (await _terse.Admin.DeleteAsync("/api/v1/links/mine", Cancelled)) { }

        var history = await EntriesAsync("/api/v1/links/mine/history");

        Assert.Equal(["link.deleted", "link.changed", "link.created"], history.Select(entry => entry.Text("action")));
        Assert.All(history, entry => Assert.Equal("AAAAAAAAAA", entry.Text("actor")));
        Assert.Equal("""{"url":"https://example.com/old"}""", history[1].GetProperty("before").GetRawText());
        Assert.Equal("""{"url":"https://example.com/new"}""", history[1].GetProperty("after").GetRawText());
        Assert.Equal(_terse.Time.GetUtcNow(), history[1].GetProperty("at").GetDateTimeOffset());
        Assert.Equal("https://example.com/new", history[0].GetProperty("before").Text("url"));
        Assert.Equal(JsonValueKind.Null, history[0].GetProperty("after").ValueKind);
    }

    [Fact]
    public async Task Keys_are_audited_with_their_scopes()
    {
        using var made = await _terse.Admin.PostJsonAsync("/api/v1/keys", new { name = "ci", scopes = new[] { "read" } });
        var id = (await made.JsonAsync()).GetProperty("record").Text("id");
        using (await _terse.Admin.DeleteAsync($"/api/v1/keys/{id}", Cancelled)) { }

        var entries = await EntriesAsync($"/api/v1/audit?subject=key:{id}");
        Assert.Equal(["key.revoked", "key.created"], entries.Select(entry => entry.Text("action")));
        Assert.Equal("read", entries[1].GetProperty("after").GetProperty("scopes")[0].GetString());
        Assert.Equal("system", Assert.Single(await EntriesAsync("/api/v1/audit?subject=key:AAAAAAAAAA")).Text("actor"));
    }

    [Fact]
    public async Task No_secret_is_ever_in_the_log()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "door", password = "sesame-1" });
        using (await _terse.Admin.PatchAsync("/api/v1/links/door", Json("""{"password":"sesame-2"}"""), Cancelled)) { }
        using var made = await _terse.Admin.PostJsonAsync("/api/v1/keys", new { name = "ci", scopes = new[] { "read" } });
        var key = (await made.JsonAsync()).Text("key");

        var everything = await _terse.Admin.GetStringAsync("/api/v1/audit", Cancelled);

        Assert.Contains("\"password\":\"changed\"", everything, StringComparison.Ordinal);
        Assert.All(["sesame", "pbkdf2", key, key[^32..]], secret => Assert.DoesNotContain(secret, everything, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_that_changes_nothing_makes_no_entry()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "mine", tags = new[] { "a" } });
        using (await _terse.Admin.PatchAsync("/api/v1/links/mine", Json("""{"tags":["A"]}"""), Cancelled)) { }
        Assert.Single(await EntriesAsync("/api/v1/links/mine/history"));
    }

    [Fact]
    public async Task An_import_is_audited_link_by_link()
    {
        await _terse.CreateAsync(new { url = "https://example.com/there", alias = "taken" });
        using (await _terse.Admin.PostAsync("/api/v1/import?onConflict=overwrite", new StringContent("code,url\ntaken,https://example.com/a\nfresh,https://example.com/b\n", Encoding.UTF8, "text/csv"), Cancelled)) { }

        Assert.Equal("link.imported", Assert.Single(await EntriesAsync("/api/v1/links/fresh/history")).Text("action"));
        Assert.Equal(["link.changed", "link.created"], (await EntriesAsync("/api/v1/links/taken/history")).Select(entry => entry.Text("action")));
    }

    [Fact]
    public async Task A_key_that_an_import_brings_is_audited_and_so_is_the_import_even_without_creations()
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Audit:Creations"] = "false" });
        const string Lines = """
            {"apiKey":{"id":"BBBBBBBBBB","name":"brought","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","scopes":["admin"],"createdAt":"2026-01-01T00:00:00Z"}}
            {"link":{"code":"fresh","url":"https://example.com/"}}
            {"link":{"code":"bad","url":"no address"}}
            """;
        using (var imported = await terse.Admin.PostAsync("/api/v1/import", new StringContent(Lines), Cancelled)) Assert.True(imported.IsSuccessStatusCode);

        var entries = (await (await terse.Admin.GetAsync("/api/v1/audit", Cancelled)).JsonAsync()).GetProperty("entries").EnumerateArray().ToArray();

        Assert.Equal(["import.ended", "key.imported", "key.created"], entries.Select(entry => entry.Text("action")));
        Assert.Equal((1, 1, 1), (entries[0].GetProperty("after").GetProperty("added").GetInt32(), entries[0].GetProperty("after").GetProperty("apiKeys").GetInt32(), entries[0].GetProperty("after").GetProperty("refused").GetInt32()));
        Assert.Equal(("AAAAAAAAAA", "key:BBBBBBBBBB", "admin"), (entries[1].Text("actor"), entries[1].Text("subject"), entries[1].GetProperty("after").GetProperty("scopes")[0].GetString()));
        Assert.DoesNotContain("hash", entries[1].GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_link_that_is_swept_leaves_an_entry_of_its_own()
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Links:KeepEnded"] = "1.00:00:00" });
        await terse.CreateAsync(new { url = "https://example.com/", alias = "brief", ttl = "1h" });
        terse.Time.Advance(TimeSpan.FromDays(2));
        await terse.App.Services.GetServices<IHostedService>().OfType<RetentionSweeper>().Single().SweepAsync(Cancelled);

        using var history = await terse.Admin.GetAsync("/api/v1/links/brief/history", Cancelled);
        var entries = (await history.JsonAsync()).GetProperty("entries").EnumerateArray().ToArray();

        Assert.Equal(["link.swept", "link.created"], entries.Select(entry => entry.Text("action")));
        Assert.Equal("system", entries[0].Text("actor"));
    }

    [Fact]
    public async Task A_control_character_in_a_filter_is_refused_with_its_field()
    {
        foreach (var field in (string[])["subject", "actor", "action", "cursor"])
        {
            using var refused = await _terse.Admin.GetAsync($"/api/v1/audit?{field}=a%00b", Cancelled);
            Assert.Equal([field], (await refused.ProblemAsync(400, "validation-failed")).ErrorFields());
        }
    }

    [Fact]
    public async Task Pages_follow_the_cursor_and_a_foreign_one_is_refused()
    {
        for (var i = 0; i < 5; i++) await _terse.CreateAsync(new { url = $"https://example.com/{i}" });

        using var first = await _terse.Admin.GetAsync("/api/v1/audit?action=link.created&limit=3", Cancelled);
        var next = (await first.JsonAsync()).Text("next");
        Assert.Equal(2, (await EntriesAsync($"/api/v1/audit?action=link.created&limit=3&cursor={next}")).Length);
        using var foreign = await _terse.Admin.GetAsync("/api/v1/audit?cursor=nonsense&limit=2000", Cancelled);
        await foreign.ProblemAsync(400, "validation-failed");
    }

    [Fact]
    public async Task Entries_go_when_they_are_older_than_they_are_kept()
    {
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "old" });
        _terse.Time.Advance(TimeSpan.FromHours(23));
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "young" });
        _terse.Time.Advance(TimeSpan.FromHours(2));

        await _terse.App.Services.GetRequiredService<AuditRetention>().SweepAsync(Cancelled);

        Assert.Empty(await EntriesAsync("/api/v1/links/old/history"));
        Assert.Single(await EntriesAsync("/api/v1/links/young/history"));
    }

    private async Task<JsonElement[]> EntriesAsync(string path)
    {
        using var response = await _terse.Admin.GetAsync(path, Cancelled);
        return [.. (await response.JsonAsync()).GetProperty("entries").EnumerateArray()];
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
