using System.Globalization;
using System.Text.Encodings.Web;

namespace Terse.Redirects.Pages;

/// <summary>The page that shows where a link goes instead of going there. Everything that a link's owner wrote is encoded.</summary>
internal static class PreviewPage
{
    public static byte[] Render(PageLayout layout, LinkPreview preview)
    {
        if (preview.Url is null) return RenderClosed(layout, preview);
        var (before, host, after) = Split(preview.Url);
        var heading = preview.Title is { Length: > 0 } title ? title : $"This link leads to {host}";
        var end = preview.EndsAt is { } endsAt ? $"<div><dt>Works until</dt><dd>{Day(endsAt)}</dd></div>" : "";
        return layout.Render(Html(heading), $"""
            <span class="mark">{Html(preview.Code)}</span>
            <h1>{Html(heading)}</h1>
            <p>You have not left yet. This is where the short link goes:</p>
            <span class="url">{Html(before)}<b>{Html(host)}</b>{Html(after)}</span>
            <dl><div><dt>Made on</dt><dd>{Day(preview.CreatedAt)}</dd></div>{end}</dl>
            <a class="go" href="{Html(preview.Code)}" rel="nofollow">Continue to {Html(host)}</a>
            <p class="note">{(preview.CountsVisits ? "The whole address is shown to visitors only: this link counts its visits." : "Only continue if you trust this site.")}</p>
            {ReportForm(preview.Code)}
            """);
    }

    private static byte[] RenderClosed(PageLayout layout, LinkPreview preview) => layout.Render("A link with a password", $"""
        <span class="mark">{Html(preview.Code)}</span>
        <h1>This link has a password.</h1>
        <p>Where it leads is shown to those who know the password.</p>
        <a class="go" href="{Html(preview.Code)}" rel="nofollow">Continue</a>
        {ReportForm(preview.Code)}
        """);

    // The field that people do not see is for programs that fill in every form.
    private static string ReportForm(string code) => $"""
        <details><summary>Report this link</summary>
        <form method="post" action="{Html(code)}+">
        <label for="reason">What is wrong with it</label>
        <select id="reason" name="reason"><option value="phishing">It steals passwords or money</option><option value="malware">It spreads malware</option><option value="spam">It came as spam</option><option value="other">Something else</option></select>
        <label for="message">More, if you like</label>
        <textarea id="message" name="message" maxlength="1000"></textarea>
        <input class="trap" name="website" tabindex="-1" autocomplete="off" aria-hidden="true">
        <button class="go second" type="submit">Send the report</button>
        </form></details>
        """;

    /// <summary>Sets the host apart, so that <c>https://bank.example@evil.test/</c> shows what it is.</summary>
    private static (string Before, string Host, string After) Split(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0) return ("", url, "");
        var authority = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.AsSpan(authority).IndexOfAny("/?#\\") is var at and >= 0 ? authority + at : url.Length;
        var host = url.LastIndexOf(uri.Host, end - 1, end - authority, StringComparison.OrdinalIgnoreCase);
        return host < 0 ? ("", url, "") : (url[..host], url.Substring(host, uri.Host.Length), url[(host + uri.Host.Length)..]);
    }

    private static string Html(string text) => HtmlEncoder.Default.Encode(text);

    private static string Day(DateTimeOffset moment) => moment.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
