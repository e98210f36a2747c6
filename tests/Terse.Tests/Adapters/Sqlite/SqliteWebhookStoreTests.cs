using Terse.Adapters.Sqlite;
using Terse.Tests.Contracts;
using Terse.Webhooks;

namespace Terse.Tests.Adapters.Sqlite;

public sealed class SqliteWebhookStoreTests : WebhookStoreContract
{
    private readonly SqliteFiles _files = new();

    public override ValueTask DisposeAsync()
    {
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override ValueTask<IWebhookStore> OpenAsync() => ValueTask.FromResult<IWebhookStore>(new SqliteWebhookStore(_files.Open()));
}
