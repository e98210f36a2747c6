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

    public void Redirect(HttpResponse response, CachedLink link, string cacheControl)
    {
        response.StatusCode = link.Status;
        var headers = response.Headers;
        headers.Location = link.Location;
        headers.CacheControl = cacheControl;
        if (_noIndex) headers["X-Robots-Tag"] = NoIndex;
        response.ContentLength = 0;
    }

    public Task NotFound(HttpContext context) => WriteAsync(context, ErrorAnswer.NotFound);

    public Task Ended(HttpContext context) => WriteAsync(context, ErrorAnswer.Ended);

    public Task Unavailable(HttpContext context)
    {
        context.Response.Headers.RetryAfter = _storeRetryAfter;
        return WriteAsync(context, ErrorAnswer.Unavailable);
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
            link.Code, link.Location, link.Title, DateTimeOffset.FromUnixTimeMilliseconds(link.CreatedAtMilliseconds), ToTheSecond(endsIn));
        return AcceptsHtml(context.Request)
            ? WriteAsync(context, StatusCodes.Status200OK, PageLayout.ContentType, PreviewPage.Render(preview))
            : WriteAsync(context, StatusCodes.Status200OK, "application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(preview, LinkPreviewJson.Default.LinkPreview));
    }

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
