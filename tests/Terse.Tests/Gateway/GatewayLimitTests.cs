using System.Net;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Gateway;

public sealed class GatewayLimitTests
{
    private const string Links = "/api/v1/links";
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Address_key_and_route_are_limited_before_a_node_is_asked_and_redirects_are_not()
    {
        await using var fleet = await Fleet.StartAsync(1);
        await using var gateway = await GatewayInstance.StartAsync(
            fleet.Urls,
            ("Terse:RateLimits:PerIp", "FixedWindow 8/1d"), ("Terse:RateLimits:PerKey", "FixedWindow 2/1d"),
            ("Terse:RateLimits:PerRoute", $"GET {Links}/{{code}} = FixedWindow 1/1d; GET {Links}/bulk = FixedWindow 2/1d"));

        Assert.Equal((200, 200, 429), (await AskAsync(Links, "key-one"), await AskAsync(Links, "key-one"), await AskAsync(Links, "key-one")));
        Assert.Equal(200, await AskAsync(Links, "key-two"));
        Assert.Equal((200, 429, 200), (await AskAsync($"{Links}/a"), await AskAsync($"{Links}/b"), await AskAsync($"{Links}/bulk")));
        using (var last = await SendAsync(Links))
        {
            Assert.Equal(HttpStatusCode.OK, last.StatusCode);
            Assert.StartsWith("\"gateway-ip\";r=0;t=", last.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        }
        using (var refused = await SendAsync(Links, "key-two"))
        {
            await refused.ProblemAsync(429, "rate-limited");
            Assert.True(int.Parse(refused.Headers.GetValues("Retry-After").Single(), System.Globalization.CultureInfo.InvariantCulture) > 0);
        }
        var asked = fleet.Nodes[0].Requests;
        for (var i = 0; i < 20; i++) Assert.Equal(200, await AskAsync("/abc"));
        Assert.Equal((6, 26), (asked, fleet.Nodes[0].Requests));

        async Task<int> AskAsync(string path, string? key = null)
        {
            using var response = await SendAsync(path, key);
            return (int)response.StatusCode;
        }

        async Task<HttpResponseMessage> SendAsync(string path, string? key = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (key is not null) request.Headers.Add("X-Api-Key", key);
            return await gateway.Client.SendAsync(request, Cancellation);
        }
    }

    [Fact]
    public async Task A_visitor_behind_a_trusted_balancer_has_a_limit_of_their_own()
    {
        await using var fleet = await Fleet.StartAsync(1);
        await using var gateway = await GatewayInstance.StartAsync(fleet.Urls, ("Terse:RateLimits:PerIp", "FixedWindow 1/1d"), ("Terse:TrustedProxies", "127.0.0.1/32"));
        Assert.Equal((200, 429, 200), (await AskAsync("203.0.113.1"), await AskAsync("203.0.113.1"), await AskAsync("203.0.113.2")));

        async Task<int> AskAsync(string address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Links);
            request.Headers.Add("X-Forwarded-For", address);
            using var response = await gateway.Client.SendAsync(request, Cancellation);
            return (int)response.StatusCode;
        }
    }

    [Fact, NeedsServers]
    public async Task Two_gateways_count_together_in_Redis()
    {
        var redis = await RedisServer.SharedAsync();
        await using var fleet = await Fleet.StartAsync(1);
        (string, string)[] settings =
        [
            ("Terse:RateLimits:PerIp", "FixedWindow 10/1d"), ("Terse:RateLimits:Store", "Redis"), ("Terse:RateLimits:Timeout", "00:00:10"), ("Terse:RateLimits:OnFailure", "Closed"),
            ("Terse:Redis:Endpoints", redis.Endpoint), ("Terse:Redis:KeyPrefix", Infrastructure.Servers.NewName() + ":"),
        ];
        await using var one = await GatewayInstance.StartAsync(fleet.Urls, settings);
        await using var two = await GatewayInstance.StartAsync(fleet.Urls, settings);
        foreach (var gateway in new[] { one, two }) await Redirects.Eventually.TrueAsync(async () => await StatusAsync(gateway) != 503);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => StatusAsync(i % 2 == 0 ? one : two)));
        Assert.All(statuses, status => Assert.Contains(status, new[] { 200, 429 }));
        Assert.Equal(10 - 2, statuses.Count(status => status == 200));

        static async Task<int> StatusAsync(GatewayInstance gateway)
        {
            using var response = await gateway.Client.GetAsync(Links, Cancellation);
            return (int)response.StatusCode;
        }
    }
}
