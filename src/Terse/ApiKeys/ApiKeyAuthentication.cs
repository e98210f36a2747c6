using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Terse.Hosting;

namespace Terse.ApiKeys;

/// <summary>Reads the key from <c>X-Api-Key</c> or <c>Authorization: Bearer</c>, and answers 401 and 403 as problems.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeyRing keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string HeaderName = "X-Api-Key";
    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (PresentedKey(Request) is not { Length: > 0 } presented) return AuthenticateResult.NoResult();
        if (await keys.CheckAsync(presented, Context.RequestAborted) is not { } key)
            return AuthenticateResult.Fail("The API key is unknown, wrong, expired or revoked.");

        return AuthenticateResult.Success(new AuthenticationTicket(ApiKeyClaims.PrincipalOf(key, SchemeName), SchemeName));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var presented = PresentedKey(Request) is { Length: > 0 };
        Response.Headers.WWWAuthenticate = "Bearer";
        await Problems.Unauthorized(presented).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        (OwnLinks.Close(Context) && Context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy != ApiPolicies.Admin ? Problems.OwnLinksOnly() : Problems.Forbidden())
            .ExecuteAsync(Context);

    /// <summary>The key that a request shows, right or wrong.</summary>
    public static string? PresentedKey(HttpRequest request)
    {
        if (request.Headers.TryGetValue(HeaderName, out var header)) return header.ToString();
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
    }
}

internal static class ApiKeyClaims
{
    public const string Scopes = "terse:scopes";

    /// <summary>The caller that <paramref name="key"/> stands for.</summary>
    public static ClaimsPrincipal PrincipalOf(ApiKey key, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, key.Id),
            new Claim(ClaimTypes.Name, key.Name),
            new Claim(Scopes, ((int)key.Scopes).ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ],
        scheme));

    /// <summary>Who the caller is, as the audit log names it: the id of the key, or <c>person:</c> and the address of whom a provider signed in.</summary>
    public static string KeyId(this ClaimsPrincipal caller) => caller.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";

    public static bool Allows(this ClaimsPrincipal caller, ApiScopes needed) => ScopesOf(caller).Allows(needed);

    /// <summary>Whether the caller's key is narrowed to the links that it made.</summary>
    public static bool HasOwnLinksOnly(this ClaimsPrincipal caller) => ScopesOf(caller).HasFlag(ApiScopes.Own);

    private static ApiScopes ScopesOf(ClaimsPrincipal caller) => int.TryParse(caller.FindFirstValue(Scopes), out var scopes) ? (ApiScopes)scopes : ApiScopes.None;
}

/// <summary>The names of the authorization policies: what a key must be allowed to do.</summary>
internal static class ApiPolicies
{
    public const string Read = "read";
    public const string Write = "write";
    public const string Admin = "admin";

    public static IServiceCollection AddApiKeys(this IServiceCollection services)
    {
        services.AddSingleton<ApiKeyRing>();
        services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(Read, policy => policy.Require(ApiScopes.Read))
            .AddPolicy(Write, policy => policy.Require(ApiScopes.Write))
            .AddPolicy(Admin, policy => policy.Require(ApiScopes.Admin));
        return services;
    }

    private static void Require(this AuthorizationPolicyBuilder policy, ApiScopes scope) =>
        policy.RequireAuthenticatedUser().RequireAssertion(context => context.User.Allows(scope) && context.Resource is HttpContext request && !OwnLinks.Close(request));
}
