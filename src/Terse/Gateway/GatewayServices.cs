using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Terse.Hosting;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace Terse.Gateway;

internal static class GatewayServices
{
    private const int MaxRequestHeaders = 32 * 1024;
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddGateway(this IServiceCollection services, IConfiguration configuration)
    {
        // Without a change token: what may change while it runs is NodeLists' to follow.
        services.CheckOptions<GatewayOptions>().Configure<IConfiguration>((options, settings) => settings.GetSection(GatewayOptions.Section).Bind(options));
        var options = configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new GatewayOptions();

        // What is not legal is refused by the validation at the start; YARP would say less.
        var legal = CheckedOptions.Check(options).Succeeded;
        services.AddSingleton(new InMemoryConfigProvider(GatewayMap.Routes, legal ? GatewayMap.Clusters(options) : []))
            .AddSingleton<IProxyConfigProvider>(provider => provider.GetRequiredService<InMemoryConfigProvider>())
            .AddSingleton<ILoadBalancingPolicy, ConsistentHashPolicy>()
            .AddSingleton<IPassiveHealthCheckPolicy, FirstFailurePolicy>()
            .AddSingleton<GatewayMetrics>()
            .AddSingleton<GatewayCertificate>()
            .AddHostedService<NodeLists>()
            .AddSingleton<SilentNodes>()
            .AddHostedService(provider => provider.GetRequiredService<SilentNodes>())
            .AddReverseProxy()
            .ConfigureHttpClient((_, handler) => handler.ConnectTimeout = options.ConnectTimeout);
        services.AddHealthChecks().AddCheck<RedirectNodesHealth>("redirect-nodes", tags: [HealthEndpoints.Ready]);
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<GatewayOptions>, GatewayCertificate>((kestrel, gateway, certificate) =>
        {
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxRequestHeaders;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
            kestrel.Limits.MaxRequestBodySize = gateway.Value.MaxBody;
            if (gateway.Value.MaxConnections > 0) kestrel.Limits.MaxConcurrentConnections = gateway.Value.MaxConnections;
            if (gateway.Value.Certificate.Length == 0) return;
            certificate.LoadFirst();
            kestrel.ConfigureHttpsDefaults(https => https.ServerCertificateSelector = (_, _) => certificate.Current());
        });
        return services;
    }

    public static void MapGateway(this IEndpointRouteBuilder routes)
    {
        // What nodes tell of themselves is not for visitors, even where the nodes' own network may read it.
        foreach (var path in (string[])["/metrics/{**rest}", "/health/{**rest}"]) routes.Map(path, () => Problems.NotFound("No route has this path."));
        routes.MapReverseProxy(proxy =>
        {
            proxy.UseMiddleware<Retries>();
            proxy.UseSessionAffinity();
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
            proxy.UseMiddleware<SilenceMiddleware>();
        });
    }
}
