using System.Net;

namespace Terse.Tests.Redirects;

public sealed class MissLimitTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.8")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1")]
    public async Task Address_that_asks_for_many_unknown_codes_is_429_and_others_are_not(string guesser, string other)
    {
        await using var server = await RedirectServer.StartAsync(("MissBurst", "5"), ("MissesPerMinute", "60"), ("NegativeTtl", "00:00:01"));
        server.Put("abc");
        server.From = IPAddress.Parse(other);
        await StatusAsync(server, "/abc");

        server.From = IPAddress.Parse(guesser);
        for (var i = 0; i < 5; i++) Assert.Equal(404, await StatusAsync(server, $"/guess{i}"));
        var reads = server.Store.Reads;
        using (var limited = await server.GetAsync("/guess5"))
            Assert.Equal((429, 1), ((int)limited.StatusCode, (int)limited.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
        Assert.Equal(reads, server.Store.Reads);
        Assert.Equal(302, await StatusAsync(server, "/abc"));

        server.From = IPAddress.Parse(other);
        Assert.Equal(404, await StatusAsync(server, "/guess5"));
        server.From = IPAddress.Parse(guesser);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(404, await StatusAsync(server, "/guess6"));
        Assert.Equal(429, await StatusAsync(server, "/guess7"));
    }

    [Fact]
    public async Task Addresses_of_one_ipv6_network_share_a_limit()
    {
        await using var server = await RedirectServer.StartAsync(("MissBurst", "2"));
        var statuses = new List<int>();
        for (var i = 1; i <= 3; i++)
        {
            server.From = IPAddress.Parse($"2001:db8:1:2:{i}::{i}");
            statuses.Add(await StatusAsync(server, $"/guess{i}"));
        }
        Assert.Equal([404, 404, 429], statuses);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.20.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fd00::1")]
    public async Task Proxies_and_neighbours_are_not_limited(string address)
    {
        await using var server = await RedirectServer.StartAsync(("MissBurst", "1"), ("MissesPerMinute", "1"));
        server.From = IPAddress.Parse(address);
        for (var i = 0; i < 5; i++) Assert.Equal(404, await StatusAsync(server, $"/guess{i}"));
    }

    private static async Task<int> StatusAsync(RedirectServer server, string path)
    {
        using var response = await server.GetAsync(path);
        return (int)response.StatusCode;
    }
}
