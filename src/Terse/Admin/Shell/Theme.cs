namespace Terse.Admin.Shell;

/// <summary>Light, dark, or what the system says: kept in a cookie, so that the first paint is already right without an inline script.</summary>
internal static class Theme
{
    public const string Cookie = "terse-theme";

    public static string Of(HttpContext context) => context.Request.Cookies[Cookie] is ("light" or "dark") and var theme ? theme : "auto";
}
