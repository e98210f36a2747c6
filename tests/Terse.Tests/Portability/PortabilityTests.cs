using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Terse.Hosting;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Portability;

public sealed class PortabilityTests : IAsyncLifetime
{
    private TerseInstance _terse = null!;

    public async ValueTask InitializeAsync() => _terse = await TerseInstance.StartAsync();

    public ValueTask DisposeAsync() => _terse.DisposeAsync();

    [Fact]
    public async Task Everything_about_a_link_goes_out_and_comes_in_elsewhere()
    {
        await _terse.CreateAsync(new { url = "https://example.com/1", alias = "first", title = "Ünï \"quoted\"", tags = new[] { "a", "b" }, ttl = "2 days", redirectType = 308, edgeTtl = 60 });
        await _terse.CreateAsync(new { url = "https://example.com/2" });
        var export = await ExportAsync(_terse);

        await using var other = await TerseInstance.StartAsync(time: _terse.Time);
        var report = await ImportAsync(other, export);
        Assert.Equal(2, report.GetProperty("added").GetInt32());
        Assert.Equal(Links(export), Links(await ExportAsync(other)));
    }

    [Fact]
    public async Task The_import_command_sends_a_file_to_a_running_server()
    {
        var file = Path.Combine(_terse.Data, "links.csv");
        await File.WriteAllTextAsync(file, "alias,url\nimported,https://example.com/imported\n", TestContext.Current.CancellationToken);

        var exit = await TerseCommand.Create().Parse(["import", file, "--server", _terse.Url.ToString(), "--api-key", TerseInstance.AdminKey])
            .InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(0, exit);
        using var click = await _terse.Anonymous.GetAsync("/imported", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Found, click.StatusCode);
    }

    [Fact]
    public async Task Generated_codes_of_another_instance_redirect_here()
    {
        var link = await _terse.CreateAsync(new { url = "https://example.com/2" });
        await using var other = await TerseInstance.StartAsync(time: _terse.Time);
        await ImportAsync(other, await ExportAsync(_terse));
        using var click = await other.Anonymous.GetAsync($"/{link.Text("code")}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Found, click.StatusCode);
    }

    [Fact]
    public async Task An_import_run_again_changes_nothing()
    {
        await _terse.CreateAsync(new { url = "https://example.com/1", alias = "first", tags = new[] { "a" } });
        var export = await ExportAsync(_terse);
        var report = await ImportAsync(_terse, export);
        Assert.Equal((0, 1), (report.GetProperty("added").GetInt32(), report.GetProperty("same").GetInt32()));
    }

    [Theory]
    [InlineData("skip", "skipped", "https://example.com/here")]
    [InlineData("overwrite", "overwritten", "https://example.com/imported")]
    [InlineData("new-code", "renamed", "https://example.com/here")]
    public async Task A_conflict_is_decided_as_told(string onConflict, string counter, string leadsTo)
    {
        await _terse.CreateAsync(new { url = "https://example.com/here", alias = "taken" });
        var report = await ImportAsync(_terse, "code,url\ntaken,https://example.com/imported\n", onConflict, "text/csv");
        Assert.Equal(1, report.GetProperty(counter).GetInt32());
        using var click = await _terse.Anonymous.GetAsync("/taken", TestContext.Current.CancellationToken);
        Assert.Equal(leadsTo, click.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task An_import_stops_at_a_conflict_when_nothing_is_told()
    {
        await _terse.CreateAsync(new { url = "https://example.com/here", alias = "taken" });
        using var response = await PostAsync(_terse, "code,url\nfree,https://example.com/1\ntaken,https://example.com/2\n", "fail", "text/csv");
        var problem = await response.ProblemAsync(409, "import-conflict");
        Assert.Contains("Line 3", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("keyword,url,title,timestamp,ip,clicks\nabc,https://example.com/,A title,2020-05-01 10:00:00,127.0.0.1,5\n")]
    [InlineData("Short link;Destination URL;Title\nhttps://sho.rt/abc;https://example.com/;A title\n")]
    [InlineData("\uFEFF\"URL\",\"Short Code\",\"Title\"\r\n\"https://example.com/\",\"abc\",\"A title\"\r\n")]
    public async Task The_CSV_of_peers_is_read_by_its_column_names(string csv)
    {
        var report = await ImportAsync(_terse, csv, "fail", "text/csv");
        Assert.Equal(1, report.GetProperty("added").GetInt32());
        var link = await _terse.Admin.GetFromJsonAsync<JsonElement>("/api/v1/links/abc", TestContext.Current.CancellationToken);
        Assert.Equal(("https://example.com/", "A title"), (link.Text("url"), link.Text("title")));
    }

    [Fact]
    public async Task Lines_that_cannot_be_taken_are_named_and_the_others_are_taken()
    {
        var report = await ImportAsync(_terse, """
            {"url":"https://example.com/1","code":"one"}
            not json
            {"url":"ftp://example.com/","code":"two"}
            {"link":{"url":"https://example.com/3","code":"th ree"}}
            {"url":"https://example.com/4"}
            """);
        Assert.Equal((2, 3), (report.GetProperty("added").GetInt32(), report.GetProperty("refused").GetInt32()));
        Assert.Equal(["line 2", "line 3", "line 4"], report.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()![..6]));
    }

    [Fact]
    public async Task Secrets_are_exported_only_when_asked_for()
    {
        Assert.DoesNotContain("permutationKey", await ExportAsync(_terse), StringComparison.Ordinal);
        Assert.Contains("permutationKey", await _terse.Admin.GetStringAsync("/api/v1/export?secrets=true", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Links(string export) => export.Split('\n').Where(line => line.StartsWith("{\"link\"", StringComparison.Ordinal))
        .Select(line => line.Replace(",\"isAlias\":true", "", StringComparison.Ordinal));

    private static Task<string> ExportAsync(TerseInstance terse) => terse.Admin.GetStringAsync("/api/v1/export", TestContext.Current.CancellationToken);

    private static async Task<JsonElement> ImportAsync(TerseInstance terse, string file, string onConflict = "fail", string contentType = "application/jsonl")
    {
        using var response = await PostAsync(terse, file, onConflict, contentType);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    private static async Task<HttpResponseMessage> PostAsync(TerseInstance terse, string file, string onConflict, string contentType)
    {
        using var content = new StringContent(file, Encoding.UTF8, contentType);
        return await terse.Admin.PostAsync($"/api/v1/import?onConflict={onConflict}", content, TestContext.Current.CancellationToken);
    }
}
