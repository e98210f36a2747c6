using Terse.Adapters.Sqlite;
using Terse.Codes;
using Terse.Tests.Contracts;

namespace Terse.Tests.Adapters.Sqlite;

public sealed class SqliteCodeRangeStoreTests : CodeRangeStoreContract
{
    private readonly SqliteFiles _files = new();

    public override ValueTask DisposeAsync()
    {
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override ValueTask<ICodeRangeStore> OpenAsync() => ValueTask.FromResult<ICodeRangeStore>(new SqliteCodeRangeStore(_files.Open()));
}
