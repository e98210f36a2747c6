using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.PostgreSql;

[NeedsServers]
public sealed class PostgreSqlTwoNodesTests(ITestOutputHelper output) : TwoNodesContract(output)
{
    protected override async Task<Dictionary<string, string?>> SettingsAsync() => new()
    {
        ["Terse:Stores:Links"] = "PostgreSql",
        ["Terse:PostgreSql:ConnectionString"] = await (await PostgreSqlServer.SharedAsync()).CreateDatabaseAsync(),
    };
}
