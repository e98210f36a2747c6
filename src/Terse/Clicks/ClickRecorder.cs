using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Terse.Clicks.Log;

namespace Terse.Clicks;

/// <summary>
/// Appends a visit to the click log, before its answer leaves. Takes no memory. It records no more than the worker needs: of the referrer the site, of the
/// query nothing unless it has campaign tags, and of a visitor who asks not to be followed only what was answered and when.
/// </summary>
internal sealed class ClickRecorder(ClickLog log, ClickMetrics metrics, IOptions<RecordingOptions> options, TimeProvider time)
{
    private readonly bool _enabled = options.Value.Enabled;

    [SkipLocalsInit]
    public void Record(HttpContext context, ClickKind kind, string code)
    {
        if (!HasRoomFor(kind)) return;
        var flags = VisitFlags.Of(context.Request);
        var headers = context.Request.Headers;
        var click = (flags & ClickFlags.Private) != 0
            ? new ClickRecord(0, time.GetUtcNow(), kind, code, flags, null, "", "", "", "")
            : new ClickRecord(
                0, time.GetUtcNow(), kind, code, flags, context.Connection.RemoteIpAddress,
                First(headers.UserAgent), First(headers.Referer), First(headers.AcceptLanguage), Campaign(context.Request.QueryString.Value));
        Span<byte> bytes = stackalloc byte[ClickFormat.MaxLength];
        if (!log.TryAppend(bytes[..ClickFormat.Write(click, bytes)])) metrics.CountShed(kind);
    }

    /// <summary>A redirect that was answered on the wire, without an <see cref="HttpContext"/>. The texts are ASCII.</summary>
    [SkipLocalsInit]
    public void RecordRedirect(string code, ClickFlags flags, IPAddress? address, ReadOnlySpan<byte> acceptLanguage, ReadOnlySpan<byte> userAgent, ReadOnlySpan<byte> referrer)
    {
        if (!HasRoomFor(ClickKind.Redirected)) return;
        Span<byte> bytes = stackalloc byte[ClickFormat.MaxLength];
        var length = (flags & ClickFlags.Private) != 0
            ? ClickFormat.WriteAscii(ClickKind.Redirected, flags, time.GetUtcNow(), null, code, default, default, default, bytes)
            : ClickFormat.WriteAscii(ClickKind.Redirected, flags, time.GetUtcNow(), address, code, acceptLanguage, userAgent, referrer, bytes);
        if (!log.TryAppend(bytes[..length])) metrics.CountShed(ClickKind.Redirected);
    }

    private bool HasRoomFor(ClickKind kind)
    {
        if (!_enabled) return false;
        if (log.HasRoomFor(kind)) return true;
        metrics.CountShed(kind);
        return false;
    }

    private static string First(StringValues header) => header.Count == 0 ? "" : header[0] ?? "";

    private static string Campaign(string? query) => query is not null && query.Contains("utm_", StringComparison.OrdinalIgnoreCase) ? query : "";
}
