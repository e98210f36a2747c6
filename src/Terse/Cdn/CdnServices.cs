using Microsoft.Extensions.DependencyInjection.Extensions;
using Terse.Clicks;
using Terse.Hosting;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Cdn;

internal static class CdnServices
{
    /// <summary>What a node must know of the edge to tag what may be kept there.</summary>
    public static IServiceCollection AddCdnOptions(this IServiceCollection services)
    {
        return services.AddCheckedOptions<CdnOptions>(CdnOptions.Section).Services;
    }

    /// <summary>Tells the edge of changes: on nodes where links change.</summary>
    public static IServiceCollection AddEdgePurges(this IServiceCollection services)
    {
        services.AddCdnOptions().AddRedirectOptions().TryAddSingleton<CdnMetrics>();
        return services
            .AddSingleton<EdgePurger>()
            .AddSingleton<ILinkChangeListener>(static provider => provider.GetRequiredService<EdgePurger>())
            .AddHostedService(static provider => provider.GetRequiredService<EdgePurger>());
    }

    /// <summary>Counts what the edge answered, on nodes of the API.</summary>
    public static IServiceCollection AddEdgeLogs(this IServiceCollection services)
    {
        services.AddClickEnrichment().TryAddSingleton<CdnMetrics>();
        return services;
    }
}
