using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.DynamoDb;

[NeedsServers]
public sealed class DynamoDbTwoNodesTests(ITestOutputHelper output) : TwoNodesContract(output), IDisposable
{
    private readonly DynamoDbTestTables _tables = new();

    protected override async Task<Dictionary<string, string?>> SettingsAsync() => await _tables.SettingsAsync();

    public void Dispose() => _tables.Dispose();
}
