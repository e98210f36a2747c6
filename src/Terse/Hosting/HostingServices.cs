using System.Text.Json.Serialization;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Terse.Hosting;

/// <summary>Configuration, logging, JSON and problem details: what every slice stands on.</summary>
internal static class HostingServices
{
    /// <summary>Reads the settings, each source winning over the one before: appsettings.json, the environment, the command line.</summary>
    /// <exception cref="OptionsValidationException">One of the program-wide options is not legal.</exception>
    /// <param name="reload">Whether appsettings.json is read again when it changes.</param>
    public static TerseOptions AddTerseConfiguration(this IHostApplicationBuilder builder, IReadOnlyDictionary<string, string?> settings, bool reload = false)
    {
        builder.Configuration.AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true, reloadOnChange: reload);
        builder.Configuration.AddEnvironmentVariables();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddCheckedOptions<TerseOptions>(TerseOptions.Section);
        builder.Services.AddSingleton(TimeProvider.System);

        var terse = builder.Configuration.GetSection(TerseOptions.Section).Get<TerseOptions>() ?? new TerseOptions();
        var validation = CheckedOptions.Check(terse);
        if (validation.Failed) throw new OptionsValidationException(TerseOptions.Section, typeof(TerseOptions), validation.Failures);

        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.Error);
        if (terse.LogFormat == "Json") builder.Logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        else builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp) = (true, "HH:mm:ss ", true));
        return terse;
    }

    /// <summary>Makes the first admin key of a new instance: for nodes where keys are of use.</summary>
    public static IServiceCollection AddFirstKey(this IServiceCollection services) =>
        services.AddSingleton<FirstKey>().AddHostedService(provider => provider.GetRequiredService<FirstKey>());

    public static IServiceCollection AddHosting(this IServiceCollection services, TerseOptions terse)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = terse.ShutdownTimeout + terse.DrainDelay);
        services.AddSingleton<Drain>().AddHostedService(provider => provider.GetRequiredService<Drain>());
        services.AddHealthChecks().AddCheck<Drain>("drain", tags: [HealthEndpoints.Ready]);
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            context.ProblemDetails.Type = context.ProblemDetails.Type is { } type && type.StartsWith(Problems.TypeBase, StringComparison.Ordinal)
                ? type
                : $"{Problems.TypeBase}{context.ProblemDetails.Status switch { 404 => "not-found", 405 => "method-not-allowed", 415 => "unsupported-media-type", >= 500 => "internal-error", _ => "malformed-request" }}";
            context.ProblemDetails.Extensions["traceId"] = System.Diagnostics.Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        });
        services.AddExceptionHandler<FaultHandler>();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in terse.TrustedProxies.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        });
        return services;
    }
}
