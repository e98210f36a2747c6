using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Terse.Links;

namespace Terse.Redirects;

internal static class RedirectServices
{
    public static IServiceCollection AddRedirects(this IServiceCollection services)
    {
        services.AddRedirectOptions();
        services.TryAddSingleton<LinkPasswords>();
        services.TryAddSingleton<CodeMayExist>(static _ => static _ => true);
        return services
            .AddSingleton<LinkEncoder>()
            .AddSingleton<LinkCache>()
            .AddSingleton<ILinkChangeListener>(provider => provider.GetRequiredService<LinkCache>())
            .AddSingleton<Gates>()
            .AddSingleton<LinkReader>()
            .AddSingleton<LinkResolver>()
            .AddSingleton<RedirectMetrics>()
            .AddSingleton<HotCodes>()
            .AddSingleton<HotSet>()
            .AddSingleton<MissLimiter>()
            .AddSingleton<AttemptLimiter>()
            .AddSingleton<VisitTaker>()
            .AddSingleton<GuardedLinks>()
            .AddSingleton<RedirectAnswers>();
    }

    /// <summary>What a node must know of redirects even if it answers none: how long others keep what it changes.</summary>
    public static IServiceCollection AddRedirectOptions(this IServiceCollection services)
    {
        services.TryAddSingleton<IValidateOptions<RedirectOptions>, RedirectOptionsValidator>();
        services.TryAddSingleton(Random.Shared);
        return services.AddOptions<RedirectOptions>().BindConfiguration(RedirectOptions.Section).ValidateOnStart().Services;
    }

    /// <summary>Answers <c>/{code}</c> and <c>/{code}+</c> before routing is reached; everything else goes on.</summary>
    public static IApplicationBuilder UseRedirects(this IApplicationBuilder app) => app.UseMiddleware<RedirectMiddleware>();
}
