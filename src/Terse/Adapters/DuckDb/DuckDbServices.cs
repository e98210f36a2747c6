using Microsoft.Extensions.Options;
using Terse.Clicks;

namespace Terse.Adapters.DuckDb;

internal static class DuckDbServices
{
    /// <summary>Clicks in one DuckDB file, opened when the store is resolved.</summary>
    public static IServiceCollection AddDuckDbClickStore(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<DuckDbOptions>, DuckDbOptionsValidator>()
            .AddOptions<DuckDbOptions>().BindConfiguration(DuckDbOptions.Section).ValidateOnStart();
        return services.AddSingleton<DuckDbDatabase>().AddSingleton<IClickStore, DuckDbClickStore>();
    }
}
