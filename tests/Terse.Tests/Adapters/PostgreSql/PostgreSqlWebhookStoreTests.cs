using Terse.Adapters.PostgreSql;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;
using Terse.Webhooks;

namespace Terse.Tests.Adapters.PostgreSql;

[NeedsServers]
public sealed class PostgreSqlWebhookStoreTests : WebhookStoreContract
{
    private readonly PostgreSqlDatabases _databases = new();

    public override ValueTask DisposeAsync() => _databases.DisposeAsync();

    private protected override async ValueTask<IWebhookStore> OpenAsync() => new PostgreSqlWebhookStore(await _databases.OpenAsync());
}
