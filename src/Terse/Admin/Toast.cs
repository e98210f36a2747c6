using System.Text.Json;

namespace Terse.Admin;

/// <summary>A word on the next page about what the last form did. It travels in a cookie of a minute, which the next page takes away.</summary>
/// <param name="Text">What happened.</param>
/// <param name="Undo">The handle of what can be taken back, or null.</param>
internal sealed record Toast(string Text, bool IsBad = false, string? Undo = null)
{
    private const string Cookie = "terse-toast";

    public static void Show(HttpContext context, string text, bool isBad = false, string? undo = null) =>
        context.Response.Cookies.Append(
            Cookie, Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new Toast(text, isBad, undo))), Options());

    public static Toast? Take(HttpContext context)
    {
        if (!context.Request.Cookies.TryGetValue(Cookie, out var text)) return null;
        if (!context.Response.HasStarted) context.Response.Cookies.Delete(Cookie, Options());
        try
        {
            return JsonSerializer.Deserialize<Toast>(Convert.FromBase64String(text));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static CookieOptions Options() => new() { Path = "/admin", HttpOnly = true, SameSite = SameSiteMode.Strict, MaxAge = TimeSpan.FromMinutes(1) };
}
