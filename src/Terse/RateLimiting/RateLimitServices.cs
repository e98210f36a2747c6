using Microsoft.Extensions.DependencyInjection.Extensions;
using Terse.Hosting;

namespace Terse.RateLimiting;

internal static class RateLimitServices
{
    /// <summary>Counts in this process, unless a shared store is registered already.</summary>
    /// <param name="callers">Whose requests these are.</param>
    public static IServiceCollection AddRateLimits(this IServiceCollection services, RateLimitCallers callers)
    {
        var isShared = services.Any(service => service.ServiceType == typeof(IRateLimitStore));
        services.AddCheckedOptions<RateLimitOptions>(RateLimitOptions.Section)
            .Validate(options => options.Store == "Local" || isShared, "Terse:RateLimits:Store is Redis, so Terse:Redis:Endpoints must name one.");
        services.TryAddSingleton<IRateLimitStore, LocalRateLimits>();
        return services.AddSingleton(callers).AddSingleton<RateLimitMetrics>();
    }

    /// <summary>After authentication, which says whose limit it is; before authorization, so that refused keys are limited too.</summary>
    public static IApplicationBuilder UseRateLimits(this IApplicationBuilder app) => app.UseMiddleware<RateLimitMiddleware>();
}
