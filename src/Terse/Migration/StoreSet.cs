using Terse.ApiKeys;
using Terse.Codes;
using Terse.Links;

namespace Terse.Migration;

/// <summary>The stores that move together, on one engine.</summary>
internal sealed record StoreSet(ILinkStore Links, IIdempotencyStore Claims, ICodeRangeStore Ranges, IApiKeyStore Keys)
{
    /// <param name="services">Has the four.</param>
    /// <param name="key">The key that they are registered under, if there is one.</param>
    public static StoreSet From(IServiceProvider services, object? key = null) => new(
        services.GetRequiredKeyedService<ILinkStore>(key),
        services.GetRequiredKeyedService<IIdempotencyStore>(key),
        services.GetRequiredKeyedService<ICodeRangeStore>(key),
        services.GetRequiredKeyedService<IApiKeyStore>(key));
}
