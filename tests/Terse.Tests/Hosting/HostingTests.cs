using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Hosting;

public sealed class HostingTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task It_is_live_and_ready_after_its_start()
    {
        await using var terse = await TerseInstance.StartAsync();
        using var live = await terse.Anonymous.GetAsync("/health/live", TestContext.Current.CancellationToken);
        using var ready = await terse.Anonymous.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live.StatusCode, ready.StatusCode));
        Assert.Equal("ok", (await ready.JsonAsync()).GetProperty("checks").Text("link-store"));
    }

    [Fact]
    public async Task The_checked_in_OpenAPI_file_is_the_one_it_serves()
    {
        await using var terse = await TerseInstance.StartAsync();
        var served = JsonSerializer.Serialize(
            JsonSerializer.Deserialize<JsonElement>(await terse.Anonymous.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken)),
            Indented) + "\n";
        await Repository.AssertFileAsync("docs/openapi.json", served);
    }

    [Fact]
    public async Task The_API_reference_is_served_and_asks_no_other_host()
    {
        await using var terse = await TerseInstance.StartAsync();
        var page = await terse.Anonymous.GetStringAsync("/docs/", TestContext.Current.CancellationToken);
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page);
    }

    [Theory]
    [InlineData("Terse:Urls", "5080", "http://HOST:PORT")]
    [InlineData("Terse:BootstrapKey", "secret", "32 letters")]
    [InlineData("Terse:LogFormat", "Xml", "Text or Json")]
    [InlineData("Terse:Links:RedirectType", "303", "301, 302, 307 or 308")]
    [InlineData("Terse:Links:Retention", "00:00:01", "1.00:00:00")]
    [InlineData("Terse:Codes:Mode", "Random", "Ranges or Snowflake")]
    [InlineData("Terse:DuckDb:MemoryMiB", "10", "must be 64 to 1048576")]
    public async Task A_wrong_option_stops_the_start_with_the_legal_values(string name, string value, string says)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => StartWithAsync(name, value));
        Assert.Contains(says, failure is OptionsValidationException invalid ? string.Join(' ', invalid.Failures) : failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/nothing", "not-found", 404)]
    [InlineData("/nothing/at/all", "not-found", 404)]
    public async Task What_is_not_there_is_a_404_problem(string path, string type, int status)
    {
        await using var terse = await TerseInstance.StartAsync();
        using var response = await terse.Anonymous.GetAsync(path, TestContext.Current.CancellationToken);
        await response.ProblemAsync(status, type);
    }

    [Fact]
    public async Task Short_URLs_start_with_the_public_address_when_there_is_one()
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:PublicUrl"] = "https://sho.rt/" });
        var link = await terse.CreateAsync(new { url = "https://example.com/", alias = "x1" });
        Assert.Equal("https://sho.rt/x1", link.Text("shortUrl"));
        using var loop = await terse.Admin.PostJsonAsync("/api/v1/links", new { url = "https://SHO.rt/x1" });
        await loop.ProblemAsync(400, "validation-failed");
    }

    [Fact]
    public async Task The_root_of_the_domain_explains_itself()
    {
        await using var terse = await TerseInstance.StartAsync();
        var page = await terse.Anonymous.GetStringAsync("/", TestContext.Current.CancellationToken);
        Assert.Contains("Short links live here", page, StringComparison.Ordinal);
        Assert.Contains("Disallow: /api/", await terse.Anonymous.GetStringAsync("/robots.txt", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task StartWithAsync(string name, string value)
    {
        var data = Directory.CreateTempSubdirectory("terse-test-").FullName;
        try
        {
            var settings = new Dictionary<string, string?> { ["Terse:Urls"] = "http://127.0.0.1:0", ["Terse:Data"] = data, [name] = value };
            await using var app = Terse.Hosting.TerseApp.Create(settings);
            await app.StartAsync();
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
