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
    /// <summary>Links, idempotency claims, code ranges, API keys, the audit log and webhooks behind the DynamoDB API. Tables are looked for at the first call.</summary>
    public static IServiceCollection AddDynamoDbStores(this IServiceCollection services)
    {
        services.AddCheckedOptions<DynamoDbOptions>(DynamoDbOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton<DynamoDbDatabase>();
        services.AddSingleton<PlaceClock>();
        services.AddSingleton<LinkLists>();
        services.AddSingleton<ILinkStore, DynamoDbLinkStore>();
        services.AddSingleton<IIdempotencyStore, DynamoDbIdempotencyStore>();
        services.AddSingleton<ICodeRangeStore, DynamoDbCodeRangeStore>();
        services.AddSingleton<IApiKeyStore, DynamoDbApiKeyStore>();
        services.AddSingleton<IAuditStore, DynamoDbAuditStore>();
        services.AddSingleton<IWebhookStore, DynamoDbWebhookStore>();
        return services;
    }
}
