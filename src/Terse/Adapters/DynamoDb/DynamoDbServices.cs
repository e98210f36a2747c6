using Microsoft.Extensions.DependencyInjection.Extensions;
using Terse.ApiKeys;
using Terse.Auditing;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;
using Terse.Webhooks;

namespace Terse.Adapters.DynamoDb;

internal static class DynamoDbServices
{
    /// <summary>Links, idempotency claims, code ranges and API keys behind the DynamoDB API. Tables are looked for at the first call.</summary>
    public static IServiceCollection AddDynamoDbStores(this IServiceCollection services) => services
        .AddDynamoDb()
        .AddSingleton<ILinkStore, DynamoDbLinkStore>()
        .AddSingleton<IIdempotencyStore, DynamoDbIdempotencyStore>()
        .AddSingleton<ICodeRangeStore, DynamoDbCodeRangeStore>()
        .AddSingleton<IApiKeyStore, DynamoDbApiKeyStore>();

    /// <summary>The audit log and webhooks, in the same tables.</summary>
    public static IServiceCollection AddDynamoDbJournal(this IServiceCollection services) => services
        .AddDynamoDb()
        .AddSingleton<IAuditStore, DynamoDbAuditStore>()
        .AddSingleton<IWebhookStore, DynamoDbWebhookStore>();

    private static IServiceCollection AddDynamoDb(this IServiceCollection services)
    {
        services.AddCheckedOptions<DynamoDbOptions>(DynamoDbOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.TryAddSingleton<DynamoDbDatabase>();
        services.TryAddSingleton<PlaceClock>();
        services.TryAddSingleton<LinkLists>();
        return services;
    }
}
