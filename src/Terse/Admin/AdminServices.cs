using Terse.Admin.Audit;
using Terse.Admin.Links;
using Terse.Admin.Operations;
using Terse.Admin.Session;
using Terse.Admin.Statistics;
using Terse.Admin.Transfer;
using Terse.Hosting;

namespace Terse.Admin;

internal static class AdminServices
{
    public static IServiceCollection AddAdmin(this IServiceCollection services, TerseOptions terse, IConfiguration configuration)
    {
        services.AddRazorComponents();
        services.AddAdminSession(terse);
        services.AddOpenIdSignIn(configuration);
        services.AddSingleton<RecentlyDeleted>().AddSingleton<LinkTable>().AddSingleton<ClickReport>().AddSingleton<AuditReader>();
        services.AddSingleton<ExportProgress>().AddSingleton<StoreProbes>();
        services.AddSingleton<RedirectGauge>().AddHostedService(provider => provider.GetRequiredService<RedirectGauge>());
        return services;
    }
}
