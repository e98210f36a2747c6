using Microsoft.Extensions.Options;
using Terse.Links;
using Terse.RateLimiting;
using Terse.Redirects;

namespace Terse.Adapters.Redis;

internal static class RedisServices
{
    /// <summary>L2, the backplane, and shared rate limits if they are wanted, if the configuration names a Redis. Nothing waits for it: it may come later, and go.</summary>
    public static IServiceCollection AddRedis(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<RedisOptions>, RedisOptionsValidator>()
            .AddOptions<RedisOptions>().BindConfiguration(RedisOptions.Section).ValidateOnStart();
        if (string.IsNullOrEmpty(configuration[$"{RedisOptions.Section}:{nameof(RedisOptions.Endpoints)}"])) return services;

        if (configuration["Terse:RateLimits:Store"] == "Redis") services.AddSingleton<IRateLimitStore, SharedRateLimits>();
        return services
            .AddRedirectOptions()
            .AddSingleton<RedisConnection>()
            .AddHostedService(static provider => provider.GetRequiredService<RedisConnection>())
            .AddSingleton<SharedLinks>()
            .AddSingleton<ReadL2>(static provider => provider.GetRequiredService<SharedLinks>().ReadAsync)
            .AddSingleton<OfferL2>(static provider => provider.GetRequiredService<SharedLinks>().Offer)
            .AddSingleton<BackplaneMetrics>()
            .AddSingleton<BackplaneOutbox>()
            .AddSingleton<ILinkChangeListener>(static provider => provider.GetRequiredService<BackplaneOutbox>())
            .AddSingleton<Backplane>()
            .AddHostedService(static provider => provider.GetRequiredService<Backplane>());
    }
}
