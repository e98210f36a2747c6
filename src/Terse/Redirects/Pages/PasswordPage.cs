namespace Terse.Redirects.Pages;

/// <summary>The page that asks for a link's password. The form posts to the page's own address, so the password is in no URL, log or referrer.</summary>
internal static class PasswordPage
{
    public const string Field = "password";

    /// <param name="layout">The frame.</param>
    /// <param name="code">The short code: letters, digits, - and _.</param>
    /// <param name="notice">What went wrong before, in words of ours; null for nothing.</param>
    public static byte[] Render(PageLayout layout, string code, string? notice) => layout.Render("A link with a password", $"""
        <span class="mark">{code}</span>
        <h1>This link has a password.</h1>
        <p>Whoever gave you the link can tell you the password.</p>
        {(notice is null ? "" : $"<p class=\"wrong\" role=\"alert\">{notice}</p>")}
        <form method="post" action="{code}">
        <label for="password">Password</label>
        <input id="password" name="{Field}" type="password" maxlength="128" required autofocus autocomplete="off">
        <button class="go" type="submit">Continue</button>
        </form>
        """);
}
