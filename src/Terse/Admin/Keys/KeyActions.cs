using Terse.Admin.Screens;
using Terse.ApiKeys;
using Terse.Hosting;

namespace Terse.Admin;

/// <summary>Making and revoking API keys in the browser.</summary>
internal static class KeyActions
{
    public static void MapKeys(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/keys", () => Screen.Of<KeysScreen>());
        admin.MapPost("/keys", CreateAsync);
        admin.MapPost("/keys/{id}/revoke", RevokeAsync);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, ApiKeyRing ring, TimeProvider time, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var (name, now) = (form["name"].ToString().Trim(), time.GetUtcNow());
        var wrong = new Dictionary<string, string>();
        var (at, span) = Links.LinkForm.Expiry(form["expiry"].ToString().Trim(), wrong);
        var expiresAt = span is { } lifetime ? now + lifetime.Value : at;
        if (name.Length is 0 or > ApiKeyEndpoints.MaxName || name.Any(char.IsControl)) wrong["name"] = $"A key needs a name of 1 to {ApiKeyEndpoints.MaxName} characters that says who uses it.";
        string[] chosen = [.. form["scopes"].OfType<string>()];
        if (!ScopeNames.TryParse(chosen, out var scopes, out var refusal)) wrong["scopes"] = chosen.Length == 0 ? "Choose what the key may do." : refusal;
        if (expiresAt <= now) wrong["expiry"] = "This moment has passed.";
        if (wrong.Count > 0) return Screen.Of<KeysScreen>(new { Errors = (IReadOnlyDictionary<string, string>)wrong, Name = name }, StatusCodes.Status400BadRequest);

        // The key is shown in the answer to this very request, since it is kept nowhere.
        var (_, text) = await ring.CreateAsync(name, scopes, expiresAt?.ToUniversalTime().ToMillisecond(), context.User.KeyId(), cancellationToken);
        return Screen.Of<KeysScreen>(new { Made = text.Text, Name = name });
    }

    private static async Task<IResult> RevokeAsync(string id, HttpContext context, ApiKeyRing ring, CancellationToken cancellationToken)
    {
        var revoked = await ring.RevokeAsync(id, context.User.KeyId(), cancellationToken);
        Toast.Show(context, revoked ? "Revoked. Within five seconds no node takes it any more." : "This key was revoked already.", isBad: !revoked);
        return TypedResults.LocalRedirect("/admin/keys");
    }
}
