using Terse.Clicks;

namespace Terse.Adapters.LocalLog;

internal static class LocalLogServices
{
    /// <summary>The click log as the queue of its own node.</summary>
    public static IServiceCollection AddLocalClickQueue(this IServiceCollection services) =>
        services.AddSingleton<DeadLetterFiles>().AddSingleton<IClickQueue, LocalClickQueue>();
}
