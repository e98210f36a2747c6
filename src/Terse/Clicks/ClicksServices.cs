using Microsoft.Extensions.DependencyInjection.Extensions;
using Terse.Clicks.Enrichment;
using Terse.Clicks.Log;
using Terse.Hosting;

namespace Terse.Clicks;

internal static class ClicksServices
{
    /// <summary>What the click log needs, opened by nobody yet: for verbs that look into a data directory beside a server.</summary>
    public static IServiceCollection AddClickLog(this IServiceCollection services)
    {
        services.AddCheckedOptions<RecordingOptions>(RecordingOptions.Section);
        return services.AddSingleton<ClickLog>();
    }

    /// <summary>Records the visits of this process. The log must be there: <see cref="AddClickLog"/>.</summary>
    public static IServiceCollection AddClickRecording(this IServiceCollection services)
    {
        services.TryAddSingleton<ClickMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ClickLogLifetime>());
        return services.AddSingleton<ClickRecorder>();
    }

    /// <summary>Works off the queue in this process.</summary>
    public static IServiceCollection AddClickWorker(this IServiceCollection services)
    {
        services.TryAddSingleton<ClickMetrics>();
        services.TryAddSingleton(Random.Shared);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ClickLogLifetime>());
        return services.AddClickEnrichment().AddHostedService<ClickWorker>();
    }

    /// <summary>What admins do to dead letters. The audit log must be there.</summary>
    public static IServiceCollection AddDeadLetters(this IServiceCollection services) => services.AddSingleton<DeadLetterDesk>();

    /// <summary>What turns a record into a visit.</summary>
    public static IServiceCollection AddClickEnrichment(this IServiceCollection services)
    {
        services.AddCheckedOptions<EnrichmentOptions>(EnrichmentOptions.Section);
        services.TryAddSingleton<GeoDatabase>();
        services.TryAddSingleton<UserAgents>();
        services.TryAddSingleton<ClickEnricher>();
        return services;
    }
}
