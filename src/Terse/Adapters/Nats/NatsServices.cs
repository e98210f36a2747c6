using Microsoft.Extensions.DependencyInjection.Extensions;
using Terse.Clicks;
using Terse.Hosting;

namespace Terse.Adapters.Nats;

internal static class NatsServices
{
    /// <summary>A queue that all workers share.</summary>
    public static IServiceCollection AddNatsClickQueue(this IServiceCollection services)
    {
        services.AddCheckedOptions<NatsOptions>(NatsOptions.Section);
        services.TryAddSingleton<NatsStreams>();
        return services.AddSingleton<IClickQueue, NatsClickQueue>();
    }

    /// <summary>Tells other nodes' live streams of the clicks that this process counts.</summary>
    public static IServiceCollection AddNatsLiveSender(this IServiceCollection services) => services
        .AddSingleton<NatsLiveSender>()
        .AddSingleton<IClickListener>(provider => provider.GetRequiredService<NatsLiveSender>())
        .AddHostedService(provider => provider.GetRequiredService<NatsLiveSender>());

    /// <summary>Has the live streams of this process show the clicks that others count.</summary>
    public static IServiceCollection AddNatsLiveReceiver(this IServiceCollection services) => services.AddHostedService<NatsLiveReceiver>();

    /// <summary>Ships what this process records.</summary>
    public static IServiceCollection AddNatsClickPublisher(this IServiceCollection services) => services.AddHostedService<NatsClickPublisher>();
}
