using System.Net;
using System.Net.Http.Json;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Gateway;

public sealed class RetryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_is_gone_is_not_seen_from_outside()
    {
        await using var node = await EchoNode.StartAsync("n");
        await using var gateway = await GatewayInstance.StartAsync([EchoNode.NobodyThere, node.Url], ("Terse:Gateway:HealthInterval", "00:01:00"), ("Terse:Gateway:LeaveOut", "00:00:00.1"));
        for (var i = 0; i < 40; i++) Assert.Equal("n", await gateway.AskAsync($"/code{i}"));
    }

    [Fact]
    public async Task A_node_that_hangs_up_is_not_seen_by_those_who_read()
    {
        await using var node = await EchoNode.StartAsync("n");
        await using var broken = new HangingUpNode();
        await using var gateway = await GatewayInstance.StartAsync([broken.Url, node.Url], ("Terse:Gateway:LeaveOut", "00:00:00.1"));
        for (var i = 0; i < 40; i++) Assert.Equal("n", await gateway.AskAsync($"/code{i}"));
        Assert.InRange(broken.Requests, 1, 40);
    }

    [Fact]
    public async Task A_write_that_reached_a_node_is_never_sent_again()
    {
        await using var node = await EchoNode.StartAsync("n");
        await using var broken = new HangingUpNode();
        await using var gateway = await GatewayInstance.StartAsync([node.Url], ("Terse:Gateway:ApiNodes", broken.Url.ToString()));
        using var answer = await gateway.Client.PostAsJsonAsync("/api/v1/links", new { url = "https://example.com/" }, Cancellation);
        await answer.ProblemAsync(503, "no-node");
        Assert.Equal(("1", 1, 0), (answer.Headers.RetryAfter?.ToString(), broken.Requests, node.Requests));
    }

    [Fact]
    public async Task A_write_that_reached_no_node_goes_to_another()
    {
        await using var node = await EchoNode.StartAsync("n");
        await using var gateway = await GatewayInstance.StartAsync(
            [node.Url], ("Terse:Gateway:ApiNodes", $"{EchoNode.NobodyThere},{node.Url}"), ("Terse:Gateway:HealthInterval", "00:01:00"), ("Terse:Gateway:LeaveOut", "00:00:00.1"));
        for (var i = 0; i < 20; i++)
        {
            using var answer = await gateway.Client.PostAsJsonAsync("/api/v1/links", new { url = "https://example.com/" }, Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("text/html", "text/html; charset=utf-8")]
    [InlineData("application/json", "application/problem+json")]
    public async Task Without_any_node_visitors_read_a_page_and_programs_a_problem(string accept, string type)
    {
        await using var gateway = await GatewayInstance.StartAsync([EchoNode.NobodyThere]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x1") { Headers = { { "Accept", accept } } };
        using var answer = await gateway.Client.SendAsync(request, Cancellation);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, type, "1"), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString(), answer.Headers.RetryAfter?.ToString()));
    }

    [Fact]
    public async Task A_gateway_without_redirect_nodes_says_that_it_is_not_ready()
    {
        await using var gateway = await GatewayInstance.StartAsync([EchoNode.NobodyThere], ("Terse:Gateway:HealthInterval", "00:00:00.1"));
        await Redirects.Eventually.TrueAsync(async () =>
        {
            using var answer = await gateway.Client.GetAsync("/health/ready", Cancellation);
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
        });
    }
}
