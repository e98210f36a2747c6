using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Terse.Cdn;
using Terse.Hosting;
using Terse.Links;
using Terse.Redirects.Pages;
using Terse.Redirects.Wire;

namespace Terse.Redirects;

internal static class RedirectServices
{
    public static IServiceCollection AddRedirects(this IServiceCollection services)
    {
        services.AddRedirectOptions().AddCdnOptions();
        services.TryAddSingleton<LinkPasswords>();
        services.TryAddSingleton<CodeMayExist>(static _ => static _ => true);
        return services
            .AddPages()
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
            .AddSingleton<VisitTaker>()
            .AddSingleton<GuardedLinks>()
            .AddSingleton<RedirectAnswers>()
            .AddSingleton<ForwardedClients>()
            .AddSingleton<RedirectWriter>()
            .AddSingleton<WireRedirects>();
    }

    /// <summary>Answers plain requests for codes on the bytes of each connection, on a node that redirects; everything else goes on to Kestrel's HTTP.</summary>
    public static void UseWireRedirects(this ListenOptions listen)
    {
        var services = listen.ApplicationServices;
        if (!services.GetRequiredService<IOptions<RedirectOptions>>().Value.Wire) return;
        var (redirects, time) = (services.GetRequiredService<WireRedirects>(), services.GetRequiredService<TimeProvider>());
        listen.Use(next => new WireConnection(next, redirects, time).ServeAsync);
    }

    /// <summary>What a node must know of redirects even if it answers none: how long others keep what it changes.</summary>
    public static IServiceCollection AddRedirectOptions(this IServiceCollection services)
    {
        services.TryAddSingleton(Random.Shared);
        return services.AddCheckedOptions<RedirectOptions>(RedirectOptions.Section).Services;
    }

    /// <summary>The look of the public pages.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddCheckedOptions<BrandOptions>(BrandOptions.Section);
        services.TryAddSingleton<Brand>();
        services.TryAddSingleton<PageLayout>();
        return services;
    }

    /// <summary>Answers <c>/{code}</c> and <c>/{code}+</c> before routing is reached; everything else goes on.</summary>
    public static IApplicationBuilder UseRedirects(this IApplicationBuilder app) => app.UseMiddleware<RedirectMiddleware>();
}
