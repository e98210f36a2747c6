namespace Terse.Redirects.Pages;

/// <summary>The page that says why there is no redirect.</summary>
internal static class StatusPage
{
    public static byte[] Render(PageLayout layout, StatusText text) => layout.Render(text.Heading, $"""
        <span class="mark">{text.Status}</span>
        <h1>{text.Heading}</h1>
        <p>{text.Explanation}</p>
        """);
}

/// <summary>What the page says: our own words, safe as HTML.</summary>
internal sealed record StatusText(string Status, string Heading, string Explanation)
{
    /// <summary>For answers whose page is not this one.</summary>
    public static readonly StatusText None = new("", "", "");
}
