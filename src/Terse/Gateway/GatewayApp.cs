using Terse.Hosting;
using Terse.RateLimiting;
using Terse.Redirects;

namespace Terse.Gateway;

/// <summary>The composition root of <c>terse gateway</c>: no stores, no slices, only what stands in front of nodes.</summary>
internal static class GatewayApp
{
    /// <inheritdoc cref="TerseApp.Create"/>
    public static WebApplication Create(IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        var terse = builder.AddTerseConfiguration(settings, reload: true);
        builder.WebHost.UseUrls(terse.Urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        builder.UseKestrelTuning(redirectsOnly: false);
        builder.Logging.AddFilter("Yarp", LogLevel.Error);

        builder.Services.AddHosting(terse);
        builder.Services.AddTelemetry(builder.Configuration, httpServer: true);
        builder.Services.AddGateway(builder.Configuration);
        builder.Services.AddSharedLimits(builder.Configuration);
        builder.Services.AddRateLimits(RateLimitCallers.OfGateway);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseRequestHygiene(app.Services.GetRequiredService<GatewayMetrics>().Refused);
        if (terse.TrustedProxies.Length > 0) app.UseForwardedHeaders();
        app.UseExceptionHandler();
        app.UseRouting();
        app.UseRateLimits();
        app.MapHealth();
        app.MapMetrics();
        app.MapGateway();
        return app;
    }
}
