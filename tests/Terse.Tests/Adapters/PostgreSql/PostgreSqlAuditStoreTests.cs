using Terse.Adapters.PostgreSql;
using Terse.Auditing;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.PostgreSql;

[NeedsServers]
public sealed class PostgreSqlAuditStoreTests : AuditStoreContract
{
    private readonly PostgreSqlDatabases _databases = new();

    public override ValueTask DisposeAsync() => _databases.DisposeAsync();

    private protected override async ValueTask<IAuditStore> OpenAsync() => new PostgreSqlAuditStore(await _databases.OpenAsync());
}
