using Microsoft.Extensions.DependencyInjection.Extensions;
using Terse.ApiKeys;
using Terse.Auditing;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;
using Terse.Webhooks;

namespace Terse.Adapters.Sqlite;

internal static class SqliteServices
{
    /// <summary>Links, idempotency claims, code ranges and API keys in one SQLite file. The file is opened when the first of them is resolved.</summary>
    public static IServiceCollection AddSqliteStores(this IServiceCollection services) => services
        .AddSqlite()
        .AddSingleton<ILinkStore, SqliteLinkStore>()
        .AddSingleton<IIdempotencyStore, SqliteIdempotencyStore>()
        .AddSingleton<ICodeRangeStore, SqliteCodeRangeStore>()
        .AddSingleton<IApiKeyStore, SqliteApiKeyStore>();

    /// <summary>The audit log and webhooks, in the same file.</summary>
    public static IServiceCollection AddSqliteJournal(this IServiceCollection services) => services
        .AddSqlite()
        .AddSingleton<IAuditStore, SqliteAuditStore>()
        .AddSingleton<IWebhookStore, SqliteWebhookStore>();

    private static IServiceCollection AddSqlite(this IServiceCollection services)
    {
        services.AddCheckedOptions<SqliteOptions>(SqliteOptions.Section);
        services.TryAddSingleton<SqliteDatabase>();
        return services;
    }
}
