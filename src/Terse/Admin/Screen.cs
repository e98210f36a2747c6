using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using Terse.Admin.Screens;

namespace Terse.Admin;

/// <summary>Pages as results of endpoints.</summary>
internal static class Screen
{
    public static RazorComponentResult<TScreen> Of<TScreen>(object? parameters = null, int status = StatusCodes.Status200OK)
        where TScreen : IComponent =>
        parameters is null
            ? new RazorComponentResult<TScreen> { PreventStreamingRendering = true, StatusCode = status }
            : new RazorComponentResult<TScreen>(parameters) { PreventStreamingRendering = true, StatusCode = status };

    /// <summary>A page that says what went wrong, and what to do.</summary>
    public static RazorComponentResult<TroubleScreen> Trouble(string heading, string explanation, int status = StatusCodes.Status503ServiceUnavailable, string? again = null) =>
        Of<TroubleScreen>(new { Heading = heading, Explanation = explanation, Again = again }, status);
}
