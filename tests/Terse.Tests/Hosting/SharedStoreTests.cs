using System.Net;
using Terse.Codes;
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
}
