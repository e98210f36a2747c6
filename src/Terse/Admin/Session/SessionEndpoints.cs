using Microsoft.AspNetCore.Authentication;
using Terse.Admin.Screens;
using Terse.ApiKeys;

namespace Terse.Admin.Session;

/// <summary>Signing in and out, and the first visit.</summary>
internal static class SessionEndpoints
{
    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", (string? to) => Screen.Of<SignInScreen>(new { To = Local(to) }));
        routes.MapPost("/sign-in", SignInAsync);
        routes.MapOpenIdSignIn();
        routes.MapPost("/sign-out", (Delegate)SignOutAsync).RequireAuthorization(AdminSession.Any);
        routes.MapGet("/denied", () => Screen.Of<DeniedScreen>(status: StatusCodes.Status403Forbidden)).RequireAuthorization(AdminSession.Any);
        routes.MapGet("/welcome", (string? token, FirstVisit visit) => Screen.Of<WelcomeScreen>(new { Token = visit.Opens(token) ? token : null }));
        routes.MapPost("/welcome", WelcomeAsync);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, ApiKeyRing keys, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var to = Local(form["to"]);
        if (await keys.CheckAsync(form["key"].ToString().Trim(), cancellationToken) is not { } key)
            return Screen.Of<SignInScreen>(new { To = to, Refusal = "This key is unknown, expired or revoked. List the keys with: terse keys list" }, StatusCodes.Status401Unauthorized);
        if (key.Scopes.HasFlag(ApiScopes.Own))
            return Screen.Of<SignInScreen>(new { To = to, Refusal = "This key reaches its own links only, and the dashboard shows all. Use it with the API, or sign in with a key without the scope own." }, StatusCodes.Status403Forbidden);
        await AdminSession.SignInAsync(context, key);
        return TypedResults.LocalRedirect(to);
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, OpenIdAccess openId)
    {
        var isPerson = context.User.HasClaim(claim => claim.Type == OpenIdAccess.Person) && openId.IsOn;
        var endSession = isPerson ? await OpenIdSignOut.AddressAsync(context) : null;
        await context.SignOutAsync(AdminSession.Scheme);
        return isPerson ? Screen.Of<SignedOutScreen>(new { openId.Provider, EndSession = endSession }) : TypedResults.LocalRedirect(AdminSession.SignInPath);
    }

    private static async Task<IResult> WelcomeAsync(HttpContext context, FirstVisit visit, ApiKeyRing keys, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken);
        if (visit.Redeem(form["token"]) is not { } text || await keys.CheckAsync(text.Text, cancellationToken) is not { } key)
            return Screen.Of<WelcomeScreen>(status: StatusCodes.Status403Forbidden);
        await AdminSession.SignInAsync(context, key);
        return Screen.Of<WelcomeScreen>(new { Key = text.Text });
    }

    /// <summary>A page of the dashboard to go to after signing in: never another site's.</summary>
    public static string Local(string? to) =>
        to is not null && to.StartsWith("/admin", StringComparison.Ordinal) && !to.Contains('\\') && !to.Contains("//", StringComparison.Ordinal) ? to : "/admin";
}
