using Terse.Hosting;
using Terse.Redirects.Pages;

namespace Terse.Gateway;

/// <summary>What the gateway answers by itself when nobody behind it does.</summary>
internal static class GatewayAnswers
{
    private static readonly byte[] Page = StatusPage.Render(PageLayout.Default, new("503", "Back in a moment", "This link cannot be looked up right now. Your link is most likely fine: try again in a few seconds."));

    public static Task NoNodeAsync(HttpContext context)
    {
        if (!context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)) return Problems.NoNode().ExecuteAsync(context);
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.ContentSecurityPolicy = PageLayout.Default.ContentSecurityPolicy;
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(Page, PageLayout.ContentType).ExecuteAsync(context);
    }
}
