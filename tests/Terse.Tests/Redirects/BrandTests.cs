using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Terse.Hosting;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Redirects;

public sealed partial class BrandTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/nothing-here")]
    [InlineData("/door")]
    [InlineData("/door+")]
    [InlineData("/")]
    public async Task Every_page_has_the_operators_name_logo_and_colour_within_its_policy(string path)
    {
        var files = Directory.CreateTempSubdirectory("terse-test-");
        var logo = Path.Combine(files.FullName, "logo.svg");
        await File.WriteAllTextAsync(logo, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", Cancelled);
        await using var terse = await TerseInstance.StartAsync(new()
        {
            ["Terse:Brand:Name"] = "Acme & Söhne",
            ["Terse:Brand:Color"] = "#0B5FFF",
            ["Terse:Brand:LogoFile"] = logo,
            ["Terse:Links:PasswordIterations"] = "100000",
        });
        await terse.CreateAsync(new { url = "https://example.com/", alias = "door", password = "sesame" });

        using var response = await BrowseAsync(terse, path);

        var html = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.Contains("<footer>Acme &amp; S&#xF6;hne</footer>", html, StringComparison.Ordinal);
        Assert.Contains("src=\"data:image/svg+xml;base64,", html, StringComparison.Ordinal);
        Assert.Contains("--accent:#0B5FFF;--on:#fff", html, StringComparison.Ordinal);
        var style = Style().Match(html).Groups[1].Value;
        Assert.Contains($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        files.Delete(recursive: true);
    }

    [Fact]
    public async Task Own_pages_stand_in_for_404_and_410_for_browsers_alone()
    {
        var files = Directory.CreateTempSubdirectory("terse-test-");
        var (notFound, ended) = (Path.Combine(files.FullName, "404.html"), Path.Combine(files.FullName, "410.html"));
        await File.WriteAllTextAsync(notFound, "<h1>Our own 404</h1>", Cancelled);
        await File.WriteAllTextAsync(ended, "<h1>Our own 410</h1>", Cancelled);
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Brand:NotFoundFile"] = notFound, ["Terse:Brand:EndedFile"] = ended });
        await terse.CreateAsync(new { url = "https://example.com/", alias = "short-lived", ttl = 60 });
        terse.Time.Advance(TimeSpan.FromMinutes(2));

        using (var unknown = await BrowseAsync(terse, "/nothing-here"))
        {
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
            Assert.Equal("<h1>Our own 404</h1>", await unknown.Content.ReadAsStringAsync(Cancelled));
        }

        using (var gone = await BrowseAsync(terse, "/short-lived"))
        {
            Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
            Assert.Equal("<h1>Our own 410</h1>", await gone.Content.ReadAsStringAsync(Cancelled));
        }

        using var program = await terse.Anonymous.GetAsync("/nothing-here", Cancelled);
        await program.ProblemAsync(404, "link-not-found");
        files.Delete(recursive: true);
    }

    [Fact]
    public async Task Unknown_codes_lead_browsers_to_the_fallback_URL()
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Brand:FallbackUrl"] = "https://example.com/home" });

        using (var browser = await BrowseAsync(terse, "/nothing-here"))
        {
            Assert.Equal((HttpStatusCode.Found, "https://example.com/home"), (browser.StatusCode, browser.Headers.Location?.OriginalString));
            Assert.Equal("no-store", browser.Headers.CacheControl?.ToString());
        }

        using var program = await terse.Anonymous.GetAsync("/nothing-here", Cancelled);
        await program.ProblemAsync(404, "link-not-found");
    }

    [Theory]
    [InlineData("#FFE14D", "#000")]
    [InlineData("#7A0019", "#fff")]
    public async Task Text_on_the_operators_colour_is_the_more_legible_of_black_and_white(string color, string text)
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Brand:Color"] = color });
        using var response = await BrowseAsync(terse, "/nothing-here");
        Assert.Contains($"--on:{text}", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LogoFile", "/no/such/logo.png")]
    [InlineData("LogoFile", "/etc/hostname")]
    [InlineData("NotFoundFile", "/no/such/page.html")]
    public async Task A_file_that_cannot_be_used_stops_the_start(string option, string path)
    {
        var failure = await Assert.ThrowsAsync<CommandException>(() => TerseInstance.StartAsync(new() { [$"Terse:Brand:{option}"] = path }));
        Assert.Contains($"Terse:Brand:{option}", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> BrowseAsync(TerseInstance terse, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/html");
        return await terse.Anonymous.SendAsync(request, Cancelled);
    }

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();
}
