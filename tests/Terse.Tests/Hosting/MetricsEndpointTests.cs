using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Hosting;

public sealed partial class MetricsEndpointTests
{
    private const string Token = "scrape-me-if-you-can";

    [Fact]
    public async Task Nobody_reads_the_metrics_unless_told_so()
    {
        await using var terse = await TerseInstance.StartAsync();
        using var answer = await terse.Admin.GetAsync("/metrics", TestContext.Current.CancellationToken);
        await answer.ProblemAsync(404, "not-found");
    }

    [Theory]
    [InlineData("Redirect")]
    [InlineData("All")]
    public async Task A_scraper_with_the_token_reads_them_and_others_do_not(string roles)
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Metrics:Token"] = Token, ["Terse:Roles"] = roles });
        using var refused = await terse.Admin.GetAsync("/metrics", TestContext.Current.CancellationToken);
        await refused.ProblemAsync(401, "unauthorized");

        using var missing = await terse.Anonymous.GetAsync("/abcdefg", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);

        // An answer is counted once it is on its way, so it may be read before it is counted.
        string text = "";
        await Eventually.TrueAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };
            using var answer = await terse.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return Counted().IsMatch(text);
        });
        Assert.Contains("dotnet_gc_heap_total_allocated_bytes_total", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_may_read_public_metrics()
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Metrics:Public"] = "true" });
        using var answer = await terse.Anonymous.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [GeneratedRegex("^terse_redirects_total\\{.*outcome=\"not_found\".*\\} 1( |$)", RegexOptions.Multiline)]
    private static partial Regex Counted();
}
