using Terse.Adapters.PostgreSql;
using Terse.ApiKeys;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.PostgreSql;

[NeedsServers]
public sealed class PostgreSqlApiKeyStoreTests : ApiKeyStoreContract
{
    private readonly PostgreSqlDatabases _databases = new();

    public override ValueTask DisposeAsync() => _databases.DisposeAsync();

    private protected override async ValueTask<IApiKeyStore> OpenAsync() => new PostgreSqlApiKeyStore(await _databases.OpenAsync());
}
