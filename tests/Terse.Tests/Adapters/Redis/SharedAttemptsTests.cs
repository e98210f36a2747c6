using System.Net;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Adapters.Redis;

/// <summary>Two nodes, each with its own store and a link of the same name, and one Redis of their own.</summary>
[NeedsServers]
public sealed class SharedAttemptsTests : IAsyncLifetime
{
    private RedisServer _redis = null!;
    private TerseInstance _one = null!;
    private TerseInstance _two = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _one = await StartAsync();
        _two = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Passwords_and_reports_are_limited_over_all_nodes_together_and_on_each_while_Redis_is_away()
    {
        for (var guess = 0; guess < 4; guess++) Assert.Equal(HttpStatusCode.Forbidden, await GuessAsync(guess % 2 == 0 ? _one : _two, "203.0.113.1"));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.TooManyRequests), (await GuessAsync(_one, "203.0.113.1"), await GuessAsync(_two, "203.0.113.1")));
        Assert.Equal(HttpStatusCode.Forbidden, await GuessAsync(_two, "203.0.113.2"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (await ReportAsync(_one), await ReportAsync(_two), await ReportAsync(_two)));

        // Each has its own five for an address that nobody has counted yet; what the fleet had said no to was no attempt.
        await _redis.KillAsync();
        for (var guess = 0; guess < 5; guess++)
            Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (await GuessAsync(_one, "203.0.113.3"), await GuessAsync(_two, "203.0.113.3")));
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (await GuessAsync(_one, "203.0.113.3"), await GuessAsync(_two, "203.0.113.3")));
    }

    private async Task<TerseInstance> StartAsync()
    {
        var terse = await TerseInstance.StartAsync(new()
        {
            ["Terse:Redis:Endpoints"] = _redis.Endpoint,
            ["Terse:TrustedProxies"] = "127.0.0.1/32",
            ["Terse:Links:PasswordIterations"] = "100000",
        });
        await terse.CreateAsync(new { url = "https://example.com/", alias = "door", password = "sesame" });
        await Eventually.TrueAsync(() => Task.FromResult(((Terse.Adapters.Redis.RedisConnection)terse.App.Services.GetService(typeof(Terse.Adapters.Redis.RedisConnection))!).Database is not null));
        return terse;
    }

    private static async Task<HttpStatusCode> GuessAsync(TerseInstance node, string from)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/door");
        request.Headers.Add("X-Link-Password", "guess");
        request.Headers.Add("X-Forwarded-For", from);
        using var response = await node.Anonymous.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> ReportAsync(TerseInstance node)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/door+") { Content = new FormUrlEncodedContent([new("reason", "spam"), new("message", ""), new("website", "")]) };
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        using var response = await node.Anonymous.SendAsync(request, Cancellation);
        return response.StatusCode;
    }
}
