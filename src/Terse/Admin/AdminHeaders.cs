using Terse.Links;

namespace Terse.Admin;

/// <summary>
/// What every answer under <c>/admin</c> carries: a policy that lets the browser run and load only what this program serves, and no cache but
/// for assets. An unreachable store is told as a page, since a person reads it.
/// </summary>
internal static class AdminHeaders
{
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
        + "manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void UseAdminHeaders(this IApplicationBuilder app) => app.Use(static async (context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments("/admin", StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-cache, no-store";
        headers.Pragma = "no-cache";
        try
        {
            await next(context);
        }
        catch (StoreUnavailableException) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await Screen.Trouble("A store cannot be reached.", "Nothing was changed. Look at the database that this instance uses, and try again in a few seconds.").ExecuteAsync(context);
        }
    });
}
