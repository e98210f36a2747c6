using Terse.Adapters.Sqlite;
using Terse.Auditing;
using Terse.Tests.Contracts;

namespace Terse.Tests.Adapters.Sqlite;

public sealed class SqliteAuditStoreTests : AuditStoreContract
{
    private readonly SqliteFiles _files = new();

    public override ValueTask DisposeAsync()
    {
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override ValueTask<IAuditStore> OpenAsync() => ValueTask.FromResult<IAuditStore>(new SqliteAuditStore(_files.Open()));
}
