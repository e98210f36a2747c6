using Terse.Redirects.Pages;

namespace Terse.Hosting;

/// <summary>What stands at the root of a short domain: a word of explanation for people, and rules for crawlers.</summary>
internal static class HomePage
{
    private const string Robots = "User-agent: *\nDisallow: /admin\nDisallow: /api/\nDisallow: /docs\n";

    private static byte[] Render(PageLayout layout) => layout.Render("Short links", $"""
        <span class="mark">{layout.Name}</span>
        <h1>Short links live here.</h1>
        <p>If a short link brought you to this page, a part of its address is missing: look for the characters after the slash.</p>
        <a class="go" href="docs">For developers: the API</a>
        """);

    public static void MapHome(this IEndpointRouteBuilder routes)
    {
        var layout = routes.ServiceProvider.GetRequiredService<PageLayout>();
        var page = Render(layout);
        routes.MapGet("/", (HttpContext context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = layout.ContentSecurityPolicy;
            return TypedResults.Bytes(page, PageLayout.ContentType);
        }).ExcludeFromDescription();
        routes.MapGet("/robots.txt", () => TypedResults.Text(Robots)).ExcludeFromDescription();
    }
}
