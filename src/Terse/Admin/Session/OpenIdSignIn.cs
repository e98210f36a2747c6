using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Terse.Admin.Screens;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Admin.Session;

/// <summary>
/// The way through the provider and back. It starts as a link, not a form, and comes back as a query, not a form: so the content security policy needs to
/// know nothing of the provider, and every cookie stays <c>SameSite=Lax</c>.
/// </summary>
internal static partial class OpenIdSignIn
{
    public const string Scheme = OpenIdConnectDefaults.AuthenticationScheme;
    public const string Path = "/admin/sign-in/openid";

    public static void AddOpenIdSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<OpenIdAccess>().AddCheckedOptions<OpenIdOptions>(OpenIdOptions.Section);
        var settings = configuration.GetSection(OpenIdOptions.Section).Get<OpenIdOptions>() ?? new OpenIdOptions();
        if (settings.Authority.Length == 0 || settings.ClientId.Length == 0) return;
        services.AddAuthentication().AddOpenIdConnect(Scheme, options =>
        {
            (options.Authority, options.ClientId, options.ClientSecret) = (settings.Authority, settings.ClientId, settings.ClientSecret.Length == 0 ? null : settings.ClientSecret);
            options.RequireHttpsMetadata = settings.Authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
            (options.ResponseType, options.ResponseMode, options.UsePkce) = (OpenIdConnectResponseType.Code, OpenIdConnectResponseMode.Query, true);
            (options.CallbackPath, options.SignInScheme) = ($"{Path}/return", AdminSession.Scheme);
            (options.SignedOutCallbackPath, options.RemoteSignOutPath) = ($"{Path}/signed-out", $"{Path}/sign-out");
            (options.MapInboundClaims, options.SaveTokens, options.GetClaimsFromUserInfoEndpoint) = (false, false, true);
            (options.CorrelationCookie.SameSite, options.NonceCookie.SameSite) = (SameSiteMode.Lax, SameSiteMode.Lax);
            options.BackchannelTimeout = TimeSpan.FromSeconds(30);
            options.Scope.Clear();
            foreach (var scope in settings.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries)) options.Scope.Add(scope);
            foreach (var claim in new[] { settings.Claim, "email_verified" }.Where(claim => claim is not ("email" or "name"))) options.ClaimActions.MapJsonKey(claim, claim);
            options.Events.OnRedirectToIdentityProvider = NameOurselves;
            options.Events.OnTokenValidated = KeepIdentityToken;
            options.Events.OnTicketReceived = AdmitAsync;
            options.Events.OnRemoteFailure = FailAsync;
        });
    }

    public static void MapOpenIdSignIn(this IEndpointRouteBuilder routes)
    {
        if (!routes.ServiceProvider.GetRequiredService<OpenIdAccess>().IsOn) return;
        routes.MapGet("/sign-in/openid", async Task<IResult> (HttpContext context, string? to, ILogger<OpenIdAccess> log) =>
        {
            try
            {
                await context.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = SessionEndpoints.Local(to) });
                return Results.Empty;
            }
            catch (InvalidOperationException e) when (e.Message.StartsWith("IDX", StringComparison.Ordinal))
            {
                Log.Unreachable(log, e.Message);
                return Trouble("The sign-in service cannot be reached.", "Try again in a minute, or sign in with an API key. For the operator: the log says which address did not answer.", StatusCodes.Status503ServiceUnavailable);
            }
        });
    }

    // Behind a proxy the address of the request is not the one that the provider knows.
    private static Task NameOurselves(RedirectContext context)
    {
        var own = context.HttpContext.RequestServices.GetRequiredService<OwnAddresses>();
        context.ProtocolMessage.RedirectUri = $"{own.Base(context.Request)}{Path}/return";
        return Task.CompletedTask;
    }

    // Of the tokens only this one: it names the session to a provider that is to end it.
    private static Task KeepIdentityToken(TokenValidatedContext context)
    {
        if (context.TokenEndpointResponse?.IdToken is { Length: > 0 } token)
            context.Properties!.StoreTokens([new AuthenticationToken { Name = OpenIdConnectParameterNames.IdToken, Value = token }]);
        return Task.CompletedTask;
    }

    private static async Task AdmitAsync(TicketReceivedContext context)
    {
        var services = context.HttpContext.RequestServices;
        var log = services.GetRequiredService<ILogger<OpenIdAccess>>();
        var name = OpenIdAccess.NameOf(context.Principal!);
        if (services.GetRequiredService<OpenIdAccess>().Admit(context.Principal!) is { } person)
        {
            Log.Admitted(log, name);
            context.Principal = person;
            context.Properties!.IsPersistent = true;
            context.Properties.AllowRefresh = false;
            context.Properties.ExpiresUtc = services.GetRequiredService<TimeProvider>().GetUtcNow() + services.GetRequiredService<IOptions<OpenIdOptions>>().Value.Session;
            return;
        }

        Log.NotAdmitted(log, name);
        context.HandleResponse();
        await Trouble("You may not come in here.", $"You are signed in as {name}, whom this instance does not let in. Ask its operator to name you, or sign in with another account or an API key.", StatusCodes.Status403Forbidden)
            .ExecuteAsync(context.HttpContext);
    }

    private static async Task FailAsync(RemoteFailureContext context)
    {
        var services = context.HttpContext.RequestServices;
        Log.Failed(services.GetRequiredService<ILogger<OpenIdAccess>>(), context.Failure?.Message ?? "no reason given");
        context.HandleResponse();
        var refused = context.Request.Query["error"] == "access_denied";
        await Trouble(
            refused ? "The sign-in was called off." : "The sign-in did not work out.",
            refused ? "Nothing was changed. Sign in again, or with an API key." : "Perhaps it took too long, or this address was opened twice. Sign in again from the start. If it happens each time, the log of this instance says why.",
            refused ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest).ExecuteAsync(context.HttpContext);
    }

    private static RazorComponentResult<TroubleScreen> Trouble(string heading, string explanation, int status) => Screen.Trouble(heading, explanation, status, AdminSession.SignInPath);

    private static partial class Log
    {
        [LoggerMessage(1300, LogLevel.Information, "{Person} signed in to the dashboard.")]
        public static partial void Admitted(ILogger logger, string person);

        [LoggerMessage(1301, LogLevel.Warning, "{Person} was signed in by the provider, but is let in by no option under Terse:Admin:OpenIdConnect.")]
        public static partial void NotAdmitted(ILogger logger, string person);

        [LoggerMessage(1302, LogLevel.Warning, "A sign-in through the OpenID Connect provider failed: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(1303, LogLevel.Error, "The OpenID Connect provider cannot be asked: {Reason}")]
        public static partial void Unreachable(ILogger logger, string reason);
    }
}
