using Terse.Adapters.PostgreSql;
using Terse.Codes;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.PostgreSql;

[NeedsServers]
public sealed class PostgreSqlCodeRangeStoreTests : CodeRangeStoreContract
{
    private readonly PostgreSqlDatabases _databases = new();

    public override ValueTask DisposeAsync() => _databases.DisposeAsync();

    private protected override async ValueTask<ICodeRangeStore> OpenAsync() => new PostgreSqlCodeRangeStore(await _databases.OpenAsync());
}
