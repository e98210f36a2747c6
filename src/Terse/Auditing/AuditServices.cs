using Terse.Hosting;

namespace Terse.Auditing;

internal static class AuditServices
{
    /// <summary>Writing to the log: whatever changes links or keys needs it, with or without a server.</summary>
    public static IServiceCollection AddAuditLog(this IServiceCollection services)
    {
        services.AddCheckedOptions<AuditOptions>(AuditOptions.Section);
        return services.AddSingleton<AuditLog>();
    }

    public static IServiceCollection AddAuditRetention(this IServiceCollection services) =>
        services.AddSingleton<AuditRetention>().AddHostedService(provider => provider.GetRequiredService<AuditRetention>());
}
