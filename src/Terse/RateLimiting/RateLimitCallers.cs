using System.Security.Cryptography;
using System.Text;
using Terse.ApiKeys;

namespace Terse.RateLimiting;

/// <summary>What a limit can tell of a request: a node knows its key and its route, the gateway only what was sent.</summary>
/// <param name="NamePrefix">Of rules, so that a gateway and nodes that count in one place do not count a request twice.</param>
/// <param name="KeyOf">What stands for the API key, or null without one.</param>
/// <param name="RouteLimitOf">The limit of the route that a request is for.</param>
internal sealed record RateLimitCallers(string NamePrefix, Func<HttpContext, string?> KeyOf, Func<RouteLimits, HttpContext, RateLimitRule?> RouteLimitOf)
{
    private const int HashBytes = 12;

    public static readonly RateLimitCallers OfNode = new(
        "", static context => context.User.Identity is { IsAuthenticated: true } ? context.User.KeyId() : null, static (limits, context) => limits.FindByRoute(context));

    /// <summary>Nobody here knows which keys there are. The whole key counts, not its public part: else whoever has seen that could use up another's limit.</summary>
    public static readonly RateLimitCallers OfGateway = new(
        "gateway-",
        static context => ApiKeyAuthentication.PresentedKey(context.Request) is { Length: > 0 } key ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, HashBytes)) : null,
        static (limits, context) => limits.FindByPath(context));
}
