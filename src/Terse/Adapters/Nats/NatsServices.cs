using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Terse.Clicks;

namespace Terse.Adapters.Nats;

internal static class NatsServices
{
    /// <summary>A queue that all workers share.</summary>
    public static IServiceCollection AddNatsClickQueue(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<NatsOptions>, NatsOptionsValidator>()
            .AddOptions<NatsOptions>().BindConfiguration(NatsOptions.Section).ValidateOnStart();
        services.TryAddSingleton<NatsStreams>();
        return services.AddSingleton<IClickQueue, NatsClickQueue>();
    }

    /// <summary>Ships what this process records.</summary>
    public static IServiceCollection AddNatsClickPublisher(this IServiceCollection services) => services.AddHostedService<NatsClickPublisher>();
}
