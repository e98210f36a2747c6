using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Terse.EndToEnd.Dashboard;

/// <summary>An OpenID Connect provider (OpenIddict) on loopback: authorization code with PKCE, a page to sign in on, tokens, and user info.</summary>
internal sealed class SignInService : IAsyncDisposable
{
    public const string ClientId = "terse-test";
    public const string Secret = "the-clients-secret";
    private readonly WebApplication _app;

    private SignInService(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>What the provider says of whoever signs in; the e-mail address is what they type.</summary>
    public (string[] Roles, bool Verified) Says { get; set; } = ([], true);

    public static async Task<SignInService> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.EnableDegradedMode().AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
            server.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token").SetUserInfoEndpointUris("connect/userinfo").SetEndSessionEndpointUris("connect/endsession");
            server.RegisterScopes(Scopes.OpenId, Scopes.Profile, Scopes.Email, Scopes.Roles);
            server.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
            server.UseAspNetCore().EnableAuthorizationEndpointPassthrough().EnableEndSessionEndpointPassthrough().DisableTransportSecurityRequirement();
            server.AddEventHandler<OpenIddictServerEvents.ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId) context.Reject(Errors.InvalidClient);
                else if (context.RedirectUri?.EndsWith("/admin/sign-in/openid/return", StringComparison.Ordinal) != true) context.Reject(Errors.InvalidRequest);
                return default;
            }));
            server.AddEventHandler<OpenIddictServerEvents.ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || context.ClientSecret != Secret) context.Reject(Errors.InvalidClient);
                return default;
            }));
            server.AddEventHandler<OpenIddictServerEvents.ValidateEndSessionRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || string.IsNullOrEmpty(context.Request.IdTokenHint)) context.Reject(Errors.InvalidRequest);
                return default;
            }));
        });
        var app = builder.Build();
        var service = new SignInService(app);
        app.UseAuthentication();
        app.MapGet("/connect/authorize", service.AuthorizeAsync);
        app.MapGet("/connect/endsession", (Delegate)EndSessionAsync);
        await app.StartAsync(cancellationToken);
        service.Address = new(app.Urls.Single());

        // The first answer compiles what is behind it, which takes seconds on a busy machine: the program under test need not wait for that.
        using var client = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(5) };
        await client.GetStringAsync("/.well-known/openid-configuration", cancellationToken);
        await client.GetStringAsync("/.well-known/jwks", cancellationToken);
        return service;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private IResult AuthorizeAsync(HttpContext context)
    {
        var email = context.Request.Query["email"].ToString();
        if (email.Length == 0) return Results.Content(Page(context.Request.Query), "text/html");
        if (email == "no") return Results.Forbid(authenticationSchemes: [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
        var identity = new ClaimsIdentity("passport", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, $"id-of-{email}").SetClaim(Claims.Email, email).SetClaim(Claims.EmailVerified, Says.Verified).SetClaim(Claims.Name, "Ada Lovelace").SetClaims("roles", [.. Says.Roles]);
        identity.SetScopes(context.GetOpenIddictServerRequest()!.GetScopes()).SetDestinations(static _ => [Destinations.AccessToken, Destinations.IdentityToken]);
        return Results.SignIn(new ClaimsPrincipal(identity), authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    // The hint was signed here: the server has looked before it hands on.
    private static async Task<IResult> EndSessionAsync(HttpContext context)
    {
        var hint = (await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal;
        return Results.Content($"""<!doctype html><html lang="en"><head><title>The provider</title><link rel="icon" href="data:,"></head><body>The provider has ended the session of {WebUtility.HtmlEncode(hint?.GetClaim(Claims.Subject))}.</body></html>""", "text/html");
    }

    private static string Page(IQueryCollection query) => $"""
        <!doctype html><html lang="en"><head><title>The provider</title><link rel="icon" href="data:,"></head><body><form>
        {string.Concat(query.Select(pair => $"<input type=\"hidden\" name=\"{WebUtility.HtmlEncode(pair.Key)}\" value=\"{WebUtility.HtmlEncode(pair.Value)}\">"))}
        <label>Who are you? <input name="email"></label><button>I am</button></form></body></html>
        """;
}
