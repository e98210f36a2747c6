using Terse.Adapters.Sqlite;
using Terse.Links;
using Terse.Tests.Contracts;

namespace Terse.Tests.Adapters.Sqlite;

public sealed class SqliteLinkStoreTests : LinkStoreContract
{
    private readonly SqliteFiles _files = new();

    public override ValueTask DisposeAsync()
    {
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override ValueTask<ILinkStore> OpenAsync() => ValueTask.FromResult<ILinkStore>(new SqliteLinkStore(_files.Open()));
}
