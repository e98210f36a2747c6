using System.Net;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Gateway;

public sealed class GatewayTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Links_are_made_on_API_nodes_and_followed_on_redirect_nodes()
    {
        await using var api = await TerseInstance.StartAsync(new() { ["Terse:Roles"] = "Api, Admin", ["Terse:TrustedProxies"] = "127.0.0.0/8" });
        await using var first = await TerseInstance.StartAsync(new() { ["Terse:Roles"] = "Redirect" }, api.Data);
        await using var second = await TerseInstance.StartAsync(new() { ["Terse:Roles"] = "Redirect" }, api.Data);
        await using var gateway = await GatewayInstance.StartAsync([first.Url, second.Url], ("Terse:Gateway:ApiNodes", api.Url.ToString()));
        gateway.Client.DefaultRequestHeaders.Add("X-Api-Key", TerseInstance.AdminKey);

        using var made = await gateway.Client.PostJsonAsync("/api/v1/links", new { url = "https://example.com/a" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var link = await made.JsonAsync();
        Assert.StartsWith(gateway.Url.ToString(), link.Text("shortUrl"), StringComparison.Ordinal);
        using var followed = await gateway.Client.GetAsync("/" + link.Text("code"), Cancellation);
        Assert.Equal((HttpStatusCode.Found, "https://example.com/a"), (followed.StatusCode, followed.Headers.Location?.OriginalString));
        using var docs = await gateway.Client.GetAsync("/docs/", Cancellation);
        using var home = await gateway.Client.GetAsync("/", Cancellation);
        using var preview = await gateway.Client.GetAsync($"/{link.Text("code")}+", Cancellation);
        Assert.All([docs, home, preview], answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task Each_code_has_its_node_and_all_nodes_have_codes()
    {
        await using var fleet = await Fleet.StartAsync(3);
        await using var gateway = await GatewayInstance.StartAsync(fleet.Urls);
        var owners = new Dictionary<string, string>();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 40; i++)
            {
                var node = await gateway.AskAsync($"/code{i}{(round == 1 ? "+" : "")}");
                if (round == 0) owners[$"code{i}"] = node;
                else Assert.Equal(owners[$"code{i}"], node);
            }
        }

        Assert.Equal(["n0", "n1", "n2"], owners.Values.Distinct().Order());
    }

    [Fact]
    public async Task Round_robin_shares_one_code_among_all()
    {
        await using var fleet = await Fleet.StartAsync(3);
        await using var gateway = await GatewayInstance.StartAsync(fleet.Urls, ("Terse:Gateway:Policy", "RoundRobin"));
        for (var i = 0; i < 60; i++) await gateway.AskAsync("/one");
        Assert.All(fleet.Nodes, static node => Assert.Equal(20, node.Requests));
    }

    [Theory]
    [InlineData("LeastConnections")]
    [InlineData("PowerOfTwo")]
    public async Task Who_is_less_busy_gets_the_next_request_for_one_code(string policy)
    {
        await using var fleet = await Fleet.StartAsync(2);
        await using var gateway = await GatewayInstance.StartAsync(fleet.Urls, ("Terse:Gateway:Policy", policy));
        foreach (var node in fleet.Nodes) node.Hold();
        var held = gateway.AskAsync("/one");
        await Eventually.Is(1, () => fleet.Nodes.Sum(static node => node.Requests));
        var busy = fleet.Nodes.Single(static node => node.Requests == 1);
        var other = fleet.Nodes.Single(node => node != busy);
        other.Release();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(other.Name, await gateway.AskAsync("/one"));

            // An answer is here a moment before the gateway takes its request for done.
            await Eventually.Is(1, () => gateway.InFlight);
        }

        busy.Release();
        Assert.Equal(busy.Name, await held);
    }

    [Fact]
    public async Task A_hot_code_spills_over_when_its_node_is_busy()
    {
        await using var fleet = await Fleet.StartAsync(2);
        await using var gateway = await GatewayInstance.StartAsync(fleet.Urls, ("Terse:Gateway:SpillFrom", "2"), ("Terse:Gateway:LoadBound", "1.05"));
        var name = await gateway.AskAsync("/hot");
        var owner = fleet.Nodes.Single(node => node.Name == name);
        var other = fleet.Nodes.Single(node => node != owner);
        owner.Hold();
        var held = Enumerable.Range(0, 2).Select(_ => gateway.AskAsync("/hot")).ToArray();
        await Eventually.Is(3, () => owner.Requests);
        Assert.Equal(other.Name, await gateway.AskAsync("/hot"));
        owner.Release();
        Assert.All(await Task.WhenAll(held), node => Assert.Equal(owner.Name, node));
    }

    [Fact]
    public async Task A_node_that_says_it_is_not_ready_gets_no_more_requests()
    {
        await using var fleet = await Fleet.StartAsync(2);
        await using var gateway = await GatewayInstance.StartAsync(fleet.Urls, ("Terse:Gateway:HealthInterval", "00:00:00.1"));
        fleet.Nodes[0].Ready = false;
        await Eventually.TrueAsync(async () =>
        {
            var before = fleet.Nodes[0].Requests;
            for (var i = 0; i < 20; i++) await gateway.AskAsync($"/code{i}");
            return fleet.Nodes[0].Requests == before;
        });
    }

    [Fact]
    public async Task A_browser_stays_with_its_admin_node()
    {
        await using var fleet = await Fleet.StartAsync(3);
        await using var gateway = await GatewayInstance.StartAsync(fleet.Urls);
        using var browser = gateway.NewClient(cookies: true);
        var node = await gateway.AskAsync("/admin", browser);
        for (var i = 0; i < 12; i++) Assert.Equal(node, await gateway.AskAsync("/_blazor/negotiate", browser));
    }

    [Fact]
    public async Task Nodes_come_and_go_with_the_configuration()
    {
        await using var fleet = await Fleet.StartAsync(2);
        await using var gateway = await GatewayInstance.StartAsync([fleet.Urls[0]]);
        Assert.Equal("n0", await gateway.AskAsync("/one"));
        gateway.Reconfigure(("Terse:Gateway:RedirectNodes", "nonsense"));
        Assert.Equal("n0", await gateway.AskAsync("/one"));
        gateway.Reconfigure(("Terse:Gateway:RedirectNodes", fleet.Urls[1].GetLeftPart(UriPartial.Authority)));
        await Eventually.TrueAsync(async () => await gateway.AskAsync("/one") == "n1");
    }

    [Theory]
    [InlineData("Terse:Gateway:RedirectNodes", "", "http://HOST:PORT")]
    [InlineData("Terse:Gateway:RedirectNodes", "localhost:5080", "http://HOST:PORT")]
    [InlineData("Terse:Gateway:Policy", "Random", "ConsistentHash, RoundRobin, LeastConnections or PowerOfTwo")]
    [InlineData("Terse:Gateway:LoadBound", "1", "1.05")]
    public async Task A_wrong_option_stops_the_start_with_the_legal_values(string name, string value, string says)
    {
        var failure = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => GatewayInstance.StartAsync([new Uri("http://127.0.0.1:1")], (name, value)));
        Assert.Contains(says, string.Join(' ', failure.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/metrics/")]
    [InlineData("/health")]
    [InlineData("/health/x")]
    public async Task What_nodes_tell_of_themselves_is_not_for_visitors(string path)
    {
        await using var node = await EchoNode.StartAsync("n");
        await using var gateway = await GatewayInstance.StartAsync([node.Url]);
        using var answer = await gateway.Client.GetAsync(path, Cancellation);
        await answer.ProblemAsync(404, "not-found");
        Assert.Equal(0, node.Requests);
    }

    [Fact]
    public async Task Clients_cannot_pretend_to_be_somebody_else()
    {
        await using var node = await EchoNode.StartAsync("n");
        await using var gateway = await GatewayInstance.StartAsync([node.Url]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x1");
        foreach (var name in new[] { "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded", "X-Real-IP", "X-Original-For" })
            request.Headers.TryAddWithoutValidation(name, "203.0.113.9");
        using var answer = await gateway.Client.SendAsync(request, Cancellation);
        var headers = (await answer.JsonAsync()).GetProperty("headers");
        Assert.Equal("127.0.0.1", headers.Text("x-forwarded-for").Replace("::ffff:", "", StringComparison.Ordinal));
        Assert.Equal((gateway.Url.Authority, gateway.Url.Authority, "http"), (headers.Text("host"), headers.Text("x-forwarded-host"), headers.Text("x-forwarded-proto")));
        Assert.DoesNotContain("203.0.113.9", headers.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trusted_proxy_in_front_is_believed()
    {
        await using var node = await EchoNode.StartAsync("n");
        await using var gateway = await GatewayInstance.StartAsync([node.Url], ("Terse:TrustedProxies", "127.0.0.0/8,::1/128"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x1") { Headers = { { "X-Forwarded-For", "198.51.100.1, 203.0.113.9" }, { "X-Forwarded-Proto", "https" } } };
        using var answer = await gateway.Client.SendAsync(request, Cancellation);
        var headers = (await answer.JsonAsync()).GetProperty("headers");
        Assert.Equal(("203.0.113.9", "https"), (headers.Text("x-forwarded-for"), headers.Text("x-forwarded-proto")));
    }

    [Fact]
    public async Task It_speaks_HTTP_2_over_TLS_with_the_given_certificate()
    {
        await using var node = await EchoNode.StartAsync("n");
        using var certificate = new CertificateFiles();
        await using var gateway = await GatewayInstance.StartAsync(
            [node.Url], ("Terse:Urls", "https://127.0.0.1:0"), ("Terse:Gateway:Certificate", certificate.Path), ("Terse:Gateway:CertificateKey", certificate.KeyPath));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x1") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await gateway.Client.SendAsync(request, Cancellation);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        Assert.Equal("https", (await answer.JsonAsync()).GetProperty("headers").Text("x-forwarded-proto"));
    }
}
