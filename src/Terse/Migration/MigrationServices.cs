using Microsoft.Extensions.DependencyInjection.Extensions;
using Terse.ApiKeys;
using Terse.Codes;
using Terse.Links;

namespace Terse.Migration;

internal static class MigrationServices
{
    private const string Source = "source of the move";

    /// <summary>Puts the move before the stores that are registered by now: they become its source.</summary>
    /// <param name="services">Has the four stores.</param>
    /// <param name="target">Opens the stores to move to.</param>
    /// <param name="dataDirectory">Where this node remembers who leads.</param>
    public static IServiceCollection AddLiveMigration(this IServiceCollection services, Func<IServiceProvider, StoreSet> target, Func<IServiceProvider, string> dataDirectory)
    {
        services.Decorate<ILinkStore, MigratingLinkStore>();
        services.Decorate<IIdempotencyStore, MigratingIdempotencyStore>();
        services.Decorate<ICodeRangeStore, MigratingCodeRangeStore>();
        services.Decorate<IApiKeyStore, MigratingApiKeyStore>();
        services.AddSingleton(provider => new LiveMigration(
            StoreSet.From(provider, Source), target(provider), dataDirectory(provider),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LiveMigration>>()));
        return services.AddHostedService(provider => provider.GetRequiredService<LiveMigration>());
    }

    private static void Decorate<TPort, TDecorator>(this IServiceCollection services)
        where TPort : class
        where TDecorator : class, TPort
    {
        var inner = services.Last(static service => service.ServiceType == typeof(TPort) && !service.IsKeyedService);
        services.Add(new ServiceDescriptor(typeof(TPort), Source, inner.ImplementationType!, ServiceLifetime.Singleton));
        services.Replace(ServiceDescriptor.Singleton<TPort, TDecorator>());
    }
}
