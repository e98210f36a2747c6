using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Terse.ApiKeys;
using Terse.Hosting;

namespace Terse.Admin.Session;

/// <summary>
/// A browser's session: an encrypted cookie that names the API key it was opened with, or the person whom a provider signed in. Each request asks the
/// key ring, so a revoked key ends its sessions within seconds, everywhere; a person's session is held against the options.
/// </summary>
internal static class AdminSession
{
    public const string Scheme = "Dashboard";
    public const string SignInPath = "/admin/sign-in";

    /// <summary>Whoever is signed in, whatever the key may do.</summary>
    public const string Any = "dashboard";
    public const string Read = "dashboard-read";
    public const string Write = "dashboard-write";
    public const string Admin = "dashboard-admin";

    public static IServiceCollection AddAdminSession(this IServiceCollection services, TerseOptions terse)
    {
        services.AddDataProtection().SetApplicationName("terse")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(terse.DataDirectory, "dashboard-keys")));
        services.AddAntiforgery(options => (options.Cookie.Name, options.Cookie.SameSite, options.HeaderName) = ("terse-form", SameSiteMode.Strict, "X-Form-Token"));
        services.AddAuthentication().AddCookie(Scheme, options =>
        {
            options.Cookie.Name = "terse-session";
            options.Cookie.Path = "/admin";
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.ExpireTimeSpan = TimeSpan.FromDays(14);
            options.SlidingExpiration = true;
            options.LoginPath = SignInPath;
            options.AccessDeniedPath = "/admin/denied";
            options.ReturnUrlParameter = "to";
            options.Events.OnValidatePrincipal = CheckKeyAsync;
            options.Events.OnRedirectToLogin = context => AnswerAsync(context, StatusCodes.Status401Unauthorized);
            options.Events.OnRedirectToAccessDenied = context => AnswerAsync(context, StatusCodes.Status403Forbidden);
        });
        services.AddAuthorizationBuilder()
            .AddPolicy(Any, policy => policy.AddAuthenticationSchemes(Scheme).RequireAuthenticatedUser())
            .AddPolicy(Read, policy => Require(policy, ApiScopes.Read))
            .AddPolicy(Write, policy => Require(policy, ApiScopes.Write))
            .AddPolicy(Admin, policy => Require(policy, ApiScopes.Admin));
        return services.AddSingleton<FirstVisit>();
    }

    public static Task SignInAsync(HttpContext context, ApiKey key) => context.SignInAsync(
        Scheme, ApiKeyClaims.PrincipalOf(key, Scheme), new AuthenticationProperties { IsPersistent = true });

    private static void Require(AuthorizationPolicyBuilder policy, ApiScopes scope) => policy
        .AddAuthenticationSchemes(Scheme).RequireAuthenticatedUser().RequireAssertion(context => context.User.Allows(scope) && !context.User.HasOwnLinksOnly());

    private static async Task CheckKeyAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal!.HasClaim(claim => claim.Type == OpenIdAccess.Person))
        {
            if (context.HttpContext.RequestServices.GetRequiredService<OpenIdAccess>().StillAdmits(context.Principal!)) return;
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
            return;
        }

        var keys = context.HttpContext.RequestServices.GetRequiredService<ApiKeyRing>();
        if (await keys.FindUsableAsync(context.Principal!.KeyId(), context.HttpContext.RequestAborted) is { } key
            && context.Principal!.FindFirstValue(ApiKeyClaims.Scopes) == ((int)key.Scopes).ToString(System.Globalization.CultureInfo.InvariantCulture)) return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Scheme);
    }

    // A script cannot follow a redirect to a page: it needs the status.
    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Headers["Sec-Fetch-Dest"] == "empty") context.Response.StatusCode = status;
        else context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
