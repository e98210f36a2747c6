using Terse.Hosting;

namespace Terse.Gateway;

/// <summary>
/// Refuses what two servers could read differently (request smuggling), beyond what Kestrel refuses by itself: a body with both a length and
/// chunks, which Kestrel would take as chunks. It keeps the length that it ignored in X-Content-Length.
/// </summary>
internal sealed class RequestHygiene(RequestDelegate next, GatewayMetrics metrics)
{
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.TransferEncoding.Count == 0 || (headers.ContentLength is null && !headers.ContainsKey("X-Content-Length"))) return next(context);
        metrics.Refused();
        context.Response.Headers.Connection = "close";
        return Problems.MalformedRequest("A request has a Content-Length or a Transfer-Encoding, not both.").ExecuteAsync(context);
    }
}
