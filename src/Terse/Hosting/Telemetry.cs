using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Terse.Hosting;

/// <summary>What the program tells of itself: <c>/metrics</c> for Prometheus, and OTLP where the environment names a collector. Costs nothing while neither is on.</summary>
internal static class Telemetry
{
    public const string Path = "/metrics";
    private const string Bearer = "Bearer ";

    /// <param name="httpServer">Whether each request is timed too: not on nodes that only redirect, where Terse.Redirects says the same for less.</param>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration, bool httpServer)
    {
        services.AddCheckedOptions<MetricsOptions>(MetricsOptions.Section);
        var served = configuration.GetSection(MetricsOptions.Section).Get<MetricsOptions>()?.Served ?? false;
        var pushed = IsSet("OTEL_EXPORTER_OTLP_ENDPOINT") || IsSet("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
        if (!served && !pushed) return services;

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("terse", serviceVersion: Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter("Terse.*", "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Diagnostics");
                if (httpServer) metrics.AddMeter("Microsoft.AspNetCore.Hosting");
                if (served) metrics.AddPrometheusExporter();
                if (pushed) metrics.AddOtlpExporter();
            });
        return services;

        bool IsSet(string variable) => configuration[variable] is { Length: > 0 };
    }

    public static void MapMetrics(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<MetricsOptions>>().Value;
        if (!options.Served) return;
        routes.MapPrometheusScrapingEndpoint(Path).DisableHttpMetrics().Add(endpoint =>
        {
            var scrape = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                if (options.Public || HasToken(context.Request, options.Token)) return scrape(context);
                context.Response.Headers.WWWAuthenticate = "Bearer";
                return Problems.MetricsUnauthorized().ExecuteAsync(context);
            };
        });
    }

    private static bool HasToken(HttpRequest request, string token)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization[Bearer.Length..].Trim()), Encoding.UTF8.GetBytes(token));
    }
}
