using Terse.Adapters.DynamoDb;
using Terse.ApiKeys;
using Terse.Auditing;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;
using Terse.Webhooks;

namespace Terse.Tests.Adapters.DynamoDb;

[NeedsServers]
public sealed class DynamoDbLinkStoreTests : LinkStoreContract
{
    private readonly DynamoDbTestTables _tables = new();

    public override ValueTask DisposeAsync()
    {
        _tables.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override bool ListsEnded => false;

    private protected override ValueTask<ILinkStore> OpenAsync() => _tables.OpenLinksAsync();
}

[NeedsServers]
public sealed class DynamoDbIdempotencyStoreTests : IdempotencyStoreContract
{
    private readonly DynamoDbTestTables _tables = new();

    public override ValueTask DisposeAsync()
    {
        _tables.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override async ValueTask<IIdempotencyStore> OpenAsync()
    {
        var database = await _tables.OpenAsync();
        return new DynamoDbIdempotencyStore(database, new LinkLists(database, TimeProvider.System), new PlaceClock(TimeProvider.System));
    }
}

[NeedsServers]
public sealed class DynamoDbCodeRangeStoreTests : CodeRangeStoreContract
{
    private readonly DynamoDbTestTables _tables = new();

    public override ValueTask DisposeAsync()
    {
        _tables.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override async ValueTask<ICodeRangeStore> OpenAsync() => new DynamoDbCodeRangeStore(await _tables.OpenAsync());
}

[NeedsServers]
public sealed class DynamoDbApiKeyStoreTests : ApiKeyStoreContract
{
    private readonly DynamoDbTestTables _tables = new();

    public override ValueTask DisposeAsync()
    {
        _tables.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override async ValueTask<IApiKeyStore> OpenAsync() => new DynamoDbApiKeyStore(await _tables.OpenAsync(), TimeProvider.System);
}

[NeedsServers]
public sealed class DynamoDbAuditStoreTests : AuditStoreContract
{
    private readonly DynamoDbTestTables _tables = new();

    public override ValueTask DisposeAsync()
    {
        _tables.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override async ValueTask<IAuditStore> OpenAsync()
    {
        var database = await _tables.OpenAsync();
        return new DynamoDbAuditStore(database, new LinkLists(database, TimeProvider.System), new PlaceClock(TimeProvider.System));
    }
}

[NeedsServers]
public sealed class DynamoDbWebhookStoreTests : WebhookStoreContract
{
    private readonly DynamoDbTestTables _tables = new();

    public override ValueTask DisposeAsync()
    {
        _tables.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override async ValueTask<IWebhookStore> OpenAsync() => new DynamoDbWebhookStore(await _tables.OpenAsync());
}
