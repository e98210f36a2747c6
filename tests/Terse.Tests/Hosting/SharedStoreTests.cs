using System.Net;
using Terse.Codes;
using Terse.Tests.Adapters.DynamoDb;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Hosting;

/// <summary>Nodes that share a link store and nothing else.</summary>
[NeedsServers]
public sealed class SharedStoreTests
{
    [Fact]
    public async Task An_alias_that_looks_like_a_code_is_followed_on_a_node_that_nobody_told_of_it()
    {
        var database = await (await PostgreSqlServer.SharedAsync()).CreateDatabaseAsync();
        await using var maker = await TerseInstance.StartAsync(new() { ["Terse:Stores:Links"] = "PostgreSql", ["Terse:PostgreSql:ConnectionString"] = database, ["Terse:Roles"] = "Api" });
        await using var follower = await TerseInstance.StartAsync(new() { ["Terse:Stores:Links"] = "PostgreSql", ["Terse:PostgreSql:ConnectionString"] = database, ["Terse:Roles"] = "Redirect" });
        await maker.CreateAsync(new { url = "https://example.com/", alias = "example" });
        follower.Time.Advance(LookalikeRefresh.Interval);
        await Eventually.TrueAsync(async () =>
        {
            // The next tick of the reading loop, and the end of a negative entry that this very question may have made.
            follower.Time.Advance(TimeSpan.FromSeconds(11));
            using var answer = await follower.Anonymous.GetAsync("/example", TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.Found;
        });
    }

    [Fact]
    public async Task Nodes_that_share_links_behind_the_DynamoDB_API_share_webhooks_and_the_audit_log_by_default()
    {
        using var tables = new DynamoDbTestTables();
        var settings = await tables.SettingsAsync();
        settings["Terse:Webhooks:AllowPrivateAddresses"] = "true";
        await using var one = await TerseInstance.StartAsync(settings);
        await using var other = await TerseInstance.StartAsync(settings);
        using var made = await one.Admin.PostJsonAsync("/api/v1/webhooks", new { url = "http://127.0.0.1:1/", events = new[] { "link.expired" } });
        var id = (await made.JsonAsync()).Text("id");

        using var webhook = await other.Admin.GetAsync($"/api/v1/webhooks/{id}", TestContext.Current.CancellationToken);
        using var audit = await other.Admin.GetAsync($"/api/v1/audit?subject=webhook:{id}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, webhook.StatusCode);
        Assert.Equal("webhook.created", Assert.Single((await audit.JsonAsync()).GetProperty("entries").EnumerateArray()).Text("action"));
        Assert.All([one, other], node => Assert.False(File.Exists(Path.Combine(node.Data, "terse.db"))));
    }
}
