using Terse.Adapters.Sqlite;
using Terse.ApiKeys;
using Terse.Tests.Contracts;

namespace Terse.Tests.Adapters.Sqlite;

public sealed class SqliteApiKeyStoreTests : ApiKeyStoreContract
{
    private readonly SqliteFiles _files = new();

    public override ValueTask DisposeAsync()
    {
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override ValueTask<IApiKeyStore> OpenAsync() => ValueTask.FromResult<IApiKeyStore>(new SqliteApiKeyStore(_files.Open()));
}
