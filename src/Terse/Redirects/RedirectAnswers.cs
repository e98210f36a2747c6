using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Terse.Redirects.Pages;

namespace Terse.Redirects;

/// <summary>
/// Writes what the redirect path answers: a redirect without a body, or an error as a page for browsers (those that accept text/html) and as
/// RFC 9457 problem details for programs. All of it but previews is encoded once.
/// </summary>
internal sealed class RedirectAnswers(IOptions<RedirectOptions> options, TimeProvider time)
{
    private const string NoIndex = "noindex";

    private readonly bool _noIndex = options.Value.NoIndex;
    private readonly string _storeRetryAfter = Seconds(options.Value.StoreRetryAfter);

    public void Redirect(HttpResponse response, CachedLink link, int status, string cacheControl)
    {
        response.StatusCode = status;
        var headers = response.Headers;
        headers.Location = link.Location;
        headers.CacheControl = cacheControl;
        if (_noIndex) headers["X-Robots-Tag"] = NoIndex;
        response.ContentLength = 0;
    }

    public Task NotFound(HttpContext context) => WriteAsync(context, ErrorAnswer.NotFound);

    public Task Ended(HttpContext context) => WriteAsync(context, ErrorAnswer.Ended);

    public Task TakenDown(HttpContext context, CachedLink link) =>
        WriteAsync(context, link.Status == CachedLink.TakenDownByLawStatus ? ErrorAnswer.TakenDownByLaw : ErrorAnswer.TakenDown);

    public Task Unavailable(HttpContext context)
    {
        context.Response.Headers.RetryAfter = _storeRetryAfter;
        return WriteAsync(context, ErrorAnswer.Unavailable);
    }

    public Task NotForPrograms(HttpContext context) =>
        context.Request.Headers.Accept.Count == 0 || context.Request.Headers.Accept.ToString().Contains("*/*", StringComparison.Ordinal)
            ? WriteAsync(context, StatusCodes.Status200OK, PageLayout.ContentType, ErrorAnswer.NotForPrograms.Page)
            : WriteAsync(context, ErrorAnswer.NotForPrograms);

    /// <summary>The page or problem that asks for the link's password, <paramref name="wrong"/> when one was given that is not it.</summary>
    public Task AskPassword(HttpContext context, CachedLink link, bool wrong)
    {
        if (AcceptsHtml(context.Request))
        {
            var page = PasswordPage.Render(link.Code, wrong ? "That is not the password. Mind upper and lower case, and try again." : null);
            return WriteAsync(context, wrong ? StatusCodes.Status403Forbidden : StatusCodes.Status200OK, PasswordPage.ContentType, page);
        }

        context.Response.Headers.WWWAuthenticate = "Link-Password";
        return WriteAsync(context, wrong ? ErrorAnswer.WrongPassword : ErrorAnswer.PasswordNeeded);
    }

    public Task TooManyGuesses(HttpContext context, CachedLink link, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = Seconds(wait);
        return AcceptsHtml(context.Request)
            ? WriteAsync(context, StatusCodes.Status429TooManyRequests, PasswordPage.ContentType,
                PasswordPage.Render(link.Code, $"Too many attempts. Wait {Seconds(wait)} seconds, then try again."))
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
            ? WriteAsync(context, StatusCodes.Status200OK, PageLayout.ContentType, PreviewPage.Render(preview))
            : WriteAsync(context, StatusCodes.Status200OK, "application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(preview, LinkPreviewJson.Default.LinkPreview));
    }

    /// <summary>What a preview may tell of the destination: nothing behind a password; of a link whose visits are counted the host, since all of it would be a visit.</summary>
    private static string? Visible(CachedLink link) => link.Guard switch
    {
        null => link.Location,
        { PasswordHash: not null } => null,
        _ => Uri.TryCreate(link.Location, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? $"{uri.Scheme}://{uri.Authority}/" : null,
    };

    private Task WriteAsync(HttpContext context, ErrorAnswer answer) => AcceptsHtml(context.Request)
        ? WriteAsync(context, answer.Status, PageLayout.ContentType, answer.Page)
        : WriteAsync(context, answer.Status, "application/problem+json", answer.Problem);

    private Task WriteAsync(HttpContext context, int status, string contentType, byte[] body)
    {
        var response = context.Response;
        response.StatusCode = status;
        var headers = response.Headers;
        headers.ContentType = contentType;
        headers.CacheControl = CacheHeaders.NoStore;
        headers.XContentTypeOptions = "nosniff";
        if (_noIndex) headers["X-Robots-Tag"] = NoIndex;
        if (ReferenceEquals(contentType, PageLayout.ContentType)) headers.ContentSecurityPolicy = PageLayout.ContentSecurityPolicy;
        if (ReferenceEquals(contentType, PasswordPage.ContentType)) headers.ContentSecurityPolicy = PageLayout.FormContentSecurityPolicy;
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }

    private static bool AcceptsHtml(HttpRequest request)
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
