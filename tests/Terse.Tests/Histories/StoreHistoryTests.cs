using Terse.Adapters.Sqlite;
using Terse.Tests.Adapters.DynamoDb;
using Terse.Tests.Adapters.PostgreSql;
using Terse.Tests.Adapters.Sqlite;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Histories;

/// <summary>Histories of concurrent creations, reads, changes and removals over each store, through its port and through the API.</summary>
public sealed class StoreHistoryTests
{
    [Fact]
    public void Sqlite_does_one_operation_at_a_time()
    {
        using var files = new SqliteFiles();
        HistoryRun.Check(new StoreTarget(new SqliteLinkStore(files.Open())), histories: 100);
    }

    [Fact]
    public async Task A_server_on_Sqlite_does_one_operation_at_a_time()
    {
        await using var terse = await TerseInstance.StartAsync();
        HistoryRun.Check(new HttpTarget(terse), histories: 30);
    }

    [Fact]
    [NeedsServers]
    public async Task Two_nodes_on_DynamoDb_do_one_operation_at_a_time()
    {
        using var tables = new DynamoDbTestTables();
        HistoryRun.Check(new StoreTarget(await tables.OpenLinksAsync(), await tables.OpenLinksAsync()), histories: 15);
    }

    [Fact]
    [NeedsServers]
    public async Task Two_servers_on_DynamoDb_do_one_operation_at_a_time()
    {
        using var tables = new DynamoDbTestTables();
        var settings = await tables.SettingsAsync();
        await using var one = await TerseInstance.StartAsync(settings);
        await using var other = await TerseInstance.StartAsync(settings, time: one.Time);
        HistoryRun.Check(new HttpTarget(one, other), histories: 10);
    }

    [Fact]
    [NeedsServers]
    public async Task Two_nodes_on_PostgreSql_do_one_operation_at_a_time()
    {
        await using var databases = new PostgreSqlDatabases();
        HistoryRun.Check(new StoreTarget((await databases.OpenNodeAsync()).Links, (await databases.OpenNodeAsync()).Links), histories: 30);
    }

    [Fact]
    [NeedsServers]
    public async Task Two_servers_on_PostgreSql_do_one_operation_at_a_time()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Terse:Stores:Links"] = "PostgreSql",
            ["Terse:PostgreSql:ConnectionString"] = await (await PostgreSqlServer.SharedAsync()).CreateDatabaseAsync(),
        };
        await using var one = await TerseInstance.StartAsync(settings);
        await using var other = await TerseInstance.StartAsync(settings, time: one.Time);
        HistoryRun.Check(new HttpTarget(one, other), histories: 15);
    }
}
