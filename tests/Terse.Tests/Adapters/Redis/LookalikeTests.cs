using System.Text.Json;
using Terse.Codes;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.Redis;

/// <summary>Refusing unissued codes by arithmetic must never make a link of another node 404. Two whole instances on one store.</summary>
public sealed class LookalikeTests
{
    private const string Lookalike = "Promo26";
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Code_just_made_on_one_node_is_followed_on_another_at_once()
    {
        await using var a = await TerseInstance.StartAsync(new() { ["Terse:Codes:RangeSize"] = "1000000" });
        await using var b = await TerseInstance.StartAsync(new() { ["Terse:Codes:UnissuedLookups"] = "0" }, a.Data, a.Time);
        for (var i = 0; i < 3; i++)
        {
            var link = await a.CreateAsync(new { url = $"https://example.com/{i}" });
            Assert.Equal(302, await StatusAsync(b, link.Text("code")));
        }
    }

    [Fact]
    public async Task Alias_that_looks_like_a_code_is_followed_on_another_node_at_once_without_Redis()
    {
        await using var a = await TerseInstance.StartAsync();
        await using var b = await TerseInstance.StartAsync(data: a.Data, time: a.Time);
        await a.CreateAsync(new { url = "https://example.com/", alias = Lookalike });
        Assert.Equal(302, await StatusAsync(b, Lookalike));
    }

    [Fact]
    public async Task In_a_flood_without_Redis_it_is_followed_once_the_aliases_are_read_again()
    {
        await using var a = await TerseInstance.StartAsync();
        await using var b = await TerseInstance.StartAsync(new() { ["Terse:Codes:UnissuedLookups"] = "0" }, a.Data, a.Time);
        await a.CreateAsync(new { url = "https://example.com/", alias = Lookalike });
        Assert.Equal(404, await StatusAsync(b, Lookalike));
        a.Time.Advance(IssuedCodes.LookalikeRefresh);
        await RedisNode.UntilAsync(async () => await StatusAsync(b, Lookalike) == 302);
    }

    [Fact]
    [NeedsServers]
    public async Task In_a_flood_with_Redis_the_other_nodes_hear_of_it()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Terse:Codes:UnissuedLookups"] = "0",
            ["Terse:Redis:Endpoints"] = (await RedisServer.SharedAsync()).Endpoint,
            ["Terse:Redis:KeyPrefix"] = Infrastructure.Servers.NewName(),
        };
        await using var a = await TerseInstance.StartAsync(settings);
        await using var b = await TerseInstance.StartAsync(settings, a.Data, a.Time);
        await a.ListensAsync();
        await b.ListensAsync();
        await a.CreateAsync(new { url = "https://example.com/", alias = Lookalike });
        await RedisNode.UntilAsync(async () => await StatusAsync(b, Lookalike) == 302);
    }

    [Fact]
    [NeedsServers]
    public async Task Edit_and_removal_through_the_API_of_one_node_are_seen_by_another()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Terse:Redis:Endpoints"] = (await RedisServer.SharedAsync()).Endpoint,
            ["Terse:Redis:KeyPrefix"] = Infrastructure.Servers.NewName(),
        };
        await using var a = await TerseInstance.StartAsync(settings);
        await using var b = await TerseInstance.StartAsync(settings, a.Data, a.Time);
        await a.ListensAsync();
        await b.ListensAsync();
        var code = (await a.CreateAsync(new { url = "https://old.example/" })).Text("code");
        Assert.Equal("https://old.example/", await LocationAsync(b, code));

        using var patched = await a.Admin.PatchAsync($"/api/v1/links/{code}", JsonContent(new { url = "https://new.example/" }), Cancellation);
        Assert.True(patched.IsSuccessStatusCode);
        await RedisNode.UntilAsync(async () => await LocationAsync(b, code) == "https://new.example/");

        using var removed = await a.Admin.DeleteAsync($"/api/v1/links/{code}", Cancellation);
        Assert.True(removed.IsSuccessStatusCode);
        await RedisNode.UntilAsync(async () => await StatusAsync(b, code) == 404);
    }

    private static async Task<int> StatusAsync(TerseInstance terse, string code)
    {
        using var response = await terse.Anonymous.GetAsync($"/{code}", Cancellation);
        return (int)response.StatusCode;
    }

    private static async Task<string?> LocationAsync(TerseInstance terse, string code)
    {
        using var response = await terse.Anonymous.GetAsync($"/{code}", Cancellation);
        return response.Headers.Location?.OriginalString;
    }

    private static StringContent JsonContent(object body) => new(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");
}
