using Microsoft.Extensions.DependencyInjection.Extensions;
using Terse.ApiKeys;
using Terse.Auditing;
using Terse.Clicks;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;
using Terse.Webhooks;

namespace Terse.Adapters.PostgreSql;

internal static class PostgreSqlServices
{
    /// <summary>Links, idempotency claims, code ranges and API keys in PostgreSQL.</summary>
    public static IServiceCollection AddPostgreSqlStores(this IServiceCollection services)
    {
        services.AddPostgreSql();
        services.AddSingleton<PostgreSqlReplicas>();
        services.AddSingleton<LinkWriter>();
        services.AddSingleton<ILinkStore, PostgreSqlLinkStore>();
        services.AddSingleton<IIdempotencyStore, PostgreSqlIdempotencyStore>();
        services.AddSingleton<ICodeRangeStore, PostgreSqlCodeRangeStore>();
        services.AddSingleton<IApiKeyStore, PostgreSqlApiKeyStore>();
        return services;
    }

    /// <summary>Clicks in PostgreSQL.</summary>
    public static IServiceCollection AddPostgreSqlClickStore(this IServiceCollection services) => services.AddPostgreSql().AddSingleton<IClickStore, PostgreSqlClickStore>();

    /// <summary>The audit log and webhooks in PostgreSQL.</summary>
    public static IServiceCollection AddPostgreSqlJournal(this IServiceCollection services) => services
        .AddPostgreSql()
        .AddSingleton<IAuditStore, PostgreSqlAuditStore>()
        .AddSingleton<IWebhookStore, PostgreSqlWebhookStore>();

    /// <summary>The database that stores in PostgreSQL share. Every one of them calls this, once is enough.</summary>
    public static IServiceCollection AddPostgreSql(this IServiceCollection services)
    {
        services.AddCheckedOptions<PostgreSqlOptions>(PostgreSqlOptions.Section);
        services.TryAddSingleton<PostgreSqlDatabase>();
        return services;
    }
}
