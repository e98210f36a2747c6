using Terse.Hosting;
using Terse.Links;
using Terse.RateLimiting;
using Terse.Redirects;

namespace Terse.Adapters.Redis;

internal static class RedisServices
{
    /// <summary>L2, the backplane, and shared limits, if the configuration names a Redis. Nothing waits for it: it may come later, and go.</summary>
    public static IServiceCollection AddRedis(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSharedRateLimits(configuration);
        if (!IsNamed(configuration)) return services;
        return services
            .AddRedirectOptions()
            .AddSingleton<SharedLinks>()
            .AddSingleton<ReadL2>(static provider => provider.GetRequiredService<SharedLinks>().ReadAsync)
            .AddSingleton<OfferL2>(static provider => provider.GetRequiredService<SharedLinks>().Offer)
            .AddSingleton<TakeSharedAttempt>(static provider => provider.GetRequiredService<SharedRateLimits>().TakeAsync)
            .AddSingleton<BackplaneMetrics>()
            .AddSingleton<BackplaneOutbox>()
            .AddSingleton<ILinkChangeListener>(static provider => provider.GetRequiredService<BackplaneOutbox>())
            .AddSingleton<Backplane>()
            .AddHostedService(static provider => provider.GetRequiredService<Backplane>());
    }

    /// <summary>The connection, and the limits of requests if they are to be counted there.</summary>
    public static IServiceCollection AddSharedRateLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddCheckedOptions<RedisOptions>(RedisOptions.Section);
        if (!IsNamed(configuration)) return services;

        services.AddSingleton<RedisConnection>().AddHostedService(static provider => provider.GetRequiredService<RedisConnection>()).AddSingleton<SharedRateLimits>();
        return configuration["Terse:RateLimits:Store"] == "Redis" ? services.AddSingleton<IRateLimitStore>(static provider => provider.GetRequiredService<SharedRateLimits>()) : services;
    }

    private static bool IsNamed(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[$"{RedisOptions.Section}:{nameof(RedisOptions.Endpoints)}"]);
}
