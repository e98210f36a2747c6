using Terse.Clicks;
using Terse.Hosting;

namespace Terse.Adapters.DuckDb;

internal static class DuckDbServices
{
    /// <summary>Clicks in one DuckDB file, opened when the store is resolved.</summary>
    public static IServiceCollection AddDuckDbClickStore(this IServiceCollection services)
    {
        services.AddCheckedOptions<DuckDbOptions>(DuckDbOptions.Section);
        return services.AddSingleton<DuckDbDatabase>().AddSingleton<IClickStore, DuckDbClickStore>();
    }
}
