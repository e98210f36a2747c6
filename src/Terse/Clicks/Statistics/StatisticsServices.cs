using Terse.Hosting;
using Terse.Links;

namespace Terse.Clicks.Statistics;

internal static class StatisticsServices
{
    /// <summary>What asks about clicks, and who watches them.</summary>
    public static IServiceCollection AddStatistics(this IServiceCollection services)
    {
        services.AddCheckedOptions<ClicksOptions>(ClicksOptions.Section);
        return services
            .AddSingleton<ClickStatistics>()
            .AddSingleton<LiveClicks>()
            .AddSingleton<IClickListener>(provider => provider.GetRequiredService<LiveClicks>());
    }

    /// <summary>What keeps clicks small: for the nodes that write them.</summary>
    public static IServiceCollection AddRollUp(this IServiceCollection services) => services.AddHostedService<RollUpService>();

    /// <summary>Erases the clicks of removed links: for the nodes that remove links.</summary>
    public static IServiceCollection AddErasure(this IServiceCollection services) => services
        .AddSingleton<LinkErasure>()
        .AddSingleton<ILinkChangeListener>(provider => provider.GetRequiredService<LinkErasure>())
        .AddHostedService(provider => provider.GetRequiredService<LinkErasure>());
}
