using Microsoft.Extensions.DependencyInjection.Extensions;
using Terse.Clicks;
using Terse.Hosting;

namespace Terse.Webhooks;

internal static class WebhookServices
{
    /// <summary>Queueing events: whatever changes links needs it, with or without a server.</summary>
    public static IServiceCollection AddWebhookOutbox(this IServiceCollection services)
    {
        services.AddCheckedOptions<WebhooksOptions>(WebhooksOptions.Section);
        return services.AddSingleton<WebhookOutbox>();
    }

    /// <summary>Sending them.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.TryAddSingleton(Random.Shared);
        return services
            .AddSingleton<WebhookSender>()
            .AddSingleton<EarlierEnds>()
            .AddHostedService(provider => provider.GetRequiredService<EarlierEnds>())
            .AddSingleton<WebhookEditor>()
            .AddSingleton<WebhookWorker>()
            .AddHostedService(provider => provider.GetRequiredService<WebhookWorker>());
    }

    /// <summary>Telling of clicks, on the nodes that write them.</summary>
    public static IServiceCollection AddClickWebhooks(this IServiceCollection services) => services
        .AddSingleton<ClickWebhooks>()
        .AddSingleton<IClickListener>(provider => provider.GetRequiredService<ClickWebhooks>())
        .AddHostedService(provider => provider.GetRequiredService<ClickWebhooks>());
}
