using Terse.Adapters.Sqlite;
using Terse.Links;
using Terse.Tests.Contracts;

namespace Terse.Tests.Adapters.Sqlite;

public sealed class SqliteIdempotencyStoreTests : IdempotencyStoreContract
{
    private readonly SqliteFiles _files = new();

    public override ValueTask DisposeAsync()
    {
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override ValueTask<IIdempotencyStore> OpenAsync() => ValueTask.FromResult<IIdempotencyStore>(new SqliteIdempotencyStore(_files.Open()));
}
