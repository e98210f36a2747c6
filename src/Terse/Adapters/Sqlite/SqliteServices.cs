using Microsoft.Extensions.Options;
using Terse.ApiKeys;
using Terse.Auditing;
using Terse.Codes;
using Terse.Links;
using Terse.Webhooks;

namespace Terse.Adapters.Sqlite;

internal static class SqliteServices
{
    /// <summary>Links, idempotency claims, code ranges, API keys, the audit log and webhooks in one SQLite file. The file is opened when the first of them is resolved.</summary>
    public static IServiceCollection AddSqliteStores(this IServiceCollection services)
    {
        services.AddOptions<SqliteOptions>().BindConfiguration(SqliteOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SqliteOptions>, SqliteOptionsValidator>();
        services.AddSingleton<SqliteDatabase>();
        services.AddSingleton<ILinkStore, SqliteLinkStore>();
        services.AddSingleton<IIdempotencyStore, SqliteIdempotencyStore>();
        services.AddSingleton<ICodeRangeStore, SqliteCodeRangeStore>();
        services.AddSingleton<IApiKeyStore, SqliteApiKeyStore>();
        services.AddSingleton<IAuditStore, SqliteAuditStore>();
        services.AddSingleton<IWebhookStore, SqliteWebhookStore>();
        return services;
    }
}

[OptionsValidator]
internal sealed partial class SqliteOptionsValidator : IValidateOptions<SqliteOptions>;
