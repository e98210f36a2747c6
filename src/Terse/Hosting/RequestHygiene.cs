using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;

namespace Terse.Hosting;

/// <summary>
/// Refuses what two servers in a row could read differently (request smuggling), beyond what Kestrel refuses by itself. Gateway and nodes do it alike: a
/// node may stand behind a proxy that is not ours.
/// </summary>
internal static class RequestHygiene
{
    /// <summary>Kestrel by itself reads <c>Content-Length: +5</c> as 5, and other servers do not.</summary>
    public static void ReadStrictLengths(this KestrelServerOptions kestrel) =>
        kestrel.RequestHeaderEncodingSelector = static name => name == HeaderNames.ContentLength ? DigitsOnly.Instance : null;

    /// <summary>
    /// A body with both a length and chunks, which Kestrel takes as chunks (it keeps the length that it ignored in X-Content-Length), is answered 400, and
    /// the connection ends.
    /// </summary>
    /// <param name="app">What stands behind.</param>
    /// <param name="refused">Told of each.</param>
    public static void UseRequestHygiene(this IApplicationBuilder app, Action? refused = null) => app.Use((context, next) =>
    {
        var headers = context.Request.Headers;
        if (headers.TransferEncoding.Count == 0 || (headers.ContentLength is null && !headers.ContainsKey("X-Content-Length"))) return next(context);
        refused?.Invoke();
        context.Response.Headers.Connection = "close";
        return Problems.MalformedRequest("A request has a Content-Length or a Transfer-Encoding, not both.").ExecuteAsync(context);
    });

    /// <summary>The one place where Kestrel lets others see the bytes of a length: text of anything but 1 to 19 digits is empty, which is no length.</summary>
    private sealed class DigitsOnly : ASCIIEncoding
    {
        public static readonly DigitsOnly Instance = new();
        private const int Most = 19;

        public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars) =>
            bytes.Length > Most || bytes.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? 0 : base.GetChars(bytes, chars);
    }
}
