using System.Net;
using System.Net.Http.Headers;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Hosting;

public sealed class MetricsEndpointTests
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
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };
        using var answer = await terse.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (missing.StatusCode, answer.StatusCode));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Matches("(?m)^terse_redirects_total\\{.*outcome=\"not_found\".*\\} 1( |$)", text);
        Assert.Contains("dotnet_gc_heap_total_allocated_bytes_total", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_may_read_public_metrics()
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Metrics:Public"] = "true" });
        using var answer = await terse.Anonymous.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
