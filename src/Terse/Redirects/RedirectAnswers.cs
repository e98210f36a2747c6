using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Terse.Cdn;
using Terse.Redirects.Pages;

namespace Terse.Redirects;

/// <summary>
/// Writes what the redirect path answers: a redirect without a body, or an error as a page for browsers (those that accept text/html) and as
/// RFC 9457 problem details for programs. All of it but previews is encoded once.
/// </summary>
internal sealed class RedirectAnswers(IOptions<RedirectOptions> options, IOptions<CdnOptions> cdn, Brand brand, PageLayout layout, TimeProvider time)
{
    private const string NoIndex = "noindex";

    // An operator's own page may look as it likes, but is no frame or form for others.
    private const string OwnPagePolicy = "object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

    private readonly ConcurrentDictionary<ErrorAnswer, byte[]> _pages = new();
    private readonly bool _noIndex = options.Value.NoIndex;
    private readonly string _tagHeader = cdn.Value.TagHeader;
    private readonly string _storeRetryAfter = Seconds(options.Value.StoreRetryAfter);

    public void Redirect(HttpResponse response, CachedLink link, int status, string cacheControl)
    {
        response.StatusCode = status;
        var headers = response.Headers;
        headers.Location = link.Location;
        headers.CacheControl = cacheControl;
        if (!ReferenceEquals(cacheControl, CacheHeaders.NoStore)) headers[_tagHeader] = link.Code;
        if (_noIndex) headers["X-Robots-Tag"] = NoIndex;
        response.ContentLength = 0;
    }

    public Task NotFound(HttpContext context)
    {
        if (!AcceptsHtml(context.Request)) return WriteAsync(context, ErrorAnswer.NotFound);
        if (brand.FallbackUrl is { } fallback)
        {
            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = fallback;
            context.Response.Headers.CacheControl = CacheHeaders.NoStore;
            return Task.CompletedTask;
        }

        return brand.NotFoundPage is { } own ? WriteAsync(context, StatusCodes.Status404NotFound, PageLayout.ContentType, own, OwnPagePolicy) : WriteAsync(context, ErrorAnswer.NotFound);
    }

    public Task Ended(HttpContext context, CachedLink link) => link.Status switch
    {
        CachedLink.TakenDownByLawStatus => WriteAsync(context, ErrorAnswer.TakenDownByLaw),
        CachedLink.TakenDownStatus => WriteAsync(context, ErrorAnswer.TakenDown),
        _ when brand.EndedPage is { } own && AcceptsHtml(context.Request) => WriteAsync(context, StatusCodes.Status410Gone, PageLayout.ContentType, own, OwnPagePolicy),
        _ => WriteAsync(context, ErrorAnswer.Ended),
    };

    public Task Unavailable(HttpContext context)
    {
        context.Response.Headers.RetryAfter = _storeRetryAfter;
        return WriteAsync(context, ErrorAnswer.Unavailable);
    }

    public Task NotForPrograms(HttpContext context) =>
        context.Request.Headers.Accept.Count == 0 || context.Request.Headers.Accept.ToString().Contains("*/*", StringComparison.Ordinal)
            ? WriteAsync(context, StatusCodes.Status200OK, PageLayout.ContentType, PageOf(ErrorAnswer.NotForPrograms), layout.ContentSecurityPolicy)
            : WriteAsync(context, ErrorAnswer.NotForPrograms);

    /// <summary>The page or problem that asks for the link's password, <paramref name="wrong"/> when one was given that is not it.</summary>
    public Task AskPassword(HttpContext context, CachedLink link, bool wrong)
    {
        if (AcceptsHtml(context.Request))
        {
            var page = PasswordPage.Render(layout, link.Code, wrong ? "That is not the password. Mind upper and lower case, and try again." : null);
            return WriteAsync(context, wrong ? StatusCodes.Status403Forbidden : StatusCodes.Status200OK, PageLayout.ContentType, page, layout.AnyFormPolicy);
        }

        context.Response.Headers.WWWAuthenticate = "Link-Password";
        return WriteAsync(context, wrong ? ErrorAnswer.WrongPassword : ErrorAnswer.PasswordNeeded);
    }

    public Task TooManyGuesses(HttpContext context, CachedLink link, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = Seconds(wait);
        return AcceptsHtml(context.Request)
            ? WriteAsync(context, StatusCodes.Status429TooManyRequests, PageLayout.ContentType,
                PasswordPage.Render(layout, link.Code, $"Too many attempts. Wait {Seconds(wait)} seconds, then try again."), layout.AnyFormPolicy)
            : WriteAsync(context, ErrorAnswer.TooManyGuesses);
    }

    public Task TooManyMisses(HttpContext context, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = Seconds(wait);
        return WriteAsync(context, ErrorAnswer.TooManyMisses);
    }

    public Task Preview(HttpContext context, CachedLink link, long now)
    {
        var endsIn = link.EndsAt == long.MaxValue ? (TimeSpan?)null : time.GetElapsedTime(now, link.EndsAt);
        var preview = new LinkPreview(
            link.Code, Visible(link), link.Guard?.PasswordHash is null ? link.Title : null, DateTimeOffset.FromUnixTimeMilliseconds(link.CreatedAtMilliseconds), ToTheSecond(endsIn),
            link.Guard?.PasswordHash is not null, link.Guard is { Limited: true });
        return AcceptsHtml(context.Request)
            ? WriteAsync(context, StatusCodes.Status200OK, PageLayout.ContentType, PreviewPage.Render(layout, preview), layout.OwnFormPolicy)
            : WriteAsync(context, StatusCodes.Status200OK, "application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(preview, LinkPreviewJson.Default.LinkPreview));
    }

    /// <summary>What a preview may tell of the destination: nothing behind a password; of a link whose visits are counted the host, since all of it would be a visit.</summary>
    private static string? Visible(CachedLink link) => link.Guard switch
    {
        null => link.Location,
        { PasswordHash: not null } => null,
        _ => Uri.TryCreate(link.Location, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? $"{uri.Scheme}://{uri.Authority}/" : null,
    };

    /// <summary>A page of words of ours.</summary>
    public Task Say(HttpContext context, StatusText text, int status) =>
        WriteAsync(context, status, PageLayout.ContentType, StatusPage.Render(layout, text), layout.ContentSecurityPolicy);

    private Task WriteAsync(HttpContext context, ErrorAnswer answer) => AcceptsHtml(context.Request)
        ? WriteAsync(context, answer.Status, PageLayout.ContentType, PageOf(answer), layout.ContentSecurityPolicy)
        : WriteAsync(context, answer.Status, "application/problem+json", answer.Problem);

    private Task WriteAsync(HttpContext context, int status, string contentType, byte[] body, string? policy = null)
    {
        var response = context.Response;
        response.StatusCode = status;
        var headers = response.Headers;
        headers.ContentType = contentType;
        headers.CacheControl = CacheHeaders.NoStore;
        headers.XContentTypeOptions = "nosniff";
        if (_noIndex) headers["X-Robots-Tag"] = NoIndex;
        if (policy is not null) headers.ContentSecurityPolicy = policy;
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }

    private byte[] PageOf(ErrorAnswer answer) => _pages.GetOrAdd(answer, static (answer, layout) => StatusPage.Render(layout, answer.Text), layout);

    public static bool AcceptsHtml(HttpRequest request)
    {
        foreach (var accepted in request.Headers.Accept)
        {
            if (accepted is not null && accepted.Contains("text/html", StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }

    private DateTimeOffset? ToTheSecond(TimeSpan? fromNow) =>
        fromNow is { } span ? DateTimeOffset.FromUnixTimeSeconds((long)Math.Round((time.GetUtcNow() + span).ToUnixTimeMilliseconds() / 1000.0)) : null;

    private static string Seconds(TimeSpan span) => Math.Max(1, (long)Math.Ceiling(span.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
