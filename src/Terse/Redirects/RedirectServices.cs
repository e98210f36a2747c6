using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Terse.Links;

namespace Terse.Redirects;

internal static class RedirectServices
{
    public static IServiceCollection AddRedirects(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RedirectOptions>, RedirectOptionsValidator>()
            .AddOptions<RedirectOptions>().BindConfiguration(RedirectOptions.Section).ValidateOnStart();
        services.TryAddSingleton(Random.Shared);
        services.TryAddSingleton<LinkPasswords>();
        services.TryAddSingleton<CodeMayExist>(static _ => static _ => true);
        return services
            .AddSingleton<LinkEncoder>()
            .AddSingleton<LinkCache>()
            .AddSingleton<ILinkChangeListener>(provider => provider.GetRequiredService<LinkCache>())
            .AddSingleton<StoreGate>()
            .AddSingleton<LinkReader>()
            .AddSingleton<LinkResolver>()
            .AddSingleton<RedirectMetrics>()
            .AddSingleton<HotCodes>()
            .AddSingleton<MissLimiter>()
            .AddSingleton<AttemptLimiter>()
            .AddSingleton<VisitTaker>()
            .AddSingleton<GuardedLinks>()
            .AddSingleton<RedirectAnswers>();
    }

    /// <summary>Answers <c>/{code}</c> and <c>/{code}+</c> before routing is reached; everything else goes on.</summary>
    public static IApplicationBuilder UseRedirects(this IApplicationBuilder app) => app.UseMiddleware<RedirectMiddleware>();
}
