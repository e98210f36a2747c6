using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Terse.Cdn;

namespace Terse.Redirects.Wire;

/// <summary>Writes a redirect as HTTP/1.1 bytes: the same headers that <see cref="RedirectAnswers.Redirect"/> sets.</summary>
internal sealed class RedirectWriter(IOptions<RedirectOptions> options, IOptions<CdnOptions> cdn, TimeProvider time)
{
    private const int DateLength = 29;

    private readonly byte[] _tail = Encoding.ASCII.GetBytes(options.Value.NoIndex ? "\r\nX-Robots-Tag: noindex\r\n\r\n" : "\r\n\r\n");
    private readonly byte[] _tagHeader = Encoding.ASCII.GetBytes($"\r\n{cdn.Value.TagHeader}: ");
    private readonly long _second = time.TimestampFrequency;
    private Date _date = new([], long.MinValue);

    public void Write(IBufferWriter<byte> output, CachedLink link, string cacheControl, long now)
    {
        var status = StatusLine(link.Status);
        var tag = ReferenceEquals(cacheControl, CacheHeaders.NoStore) ? default : _tagHeader.AsSpan();
        var length = status.Length + DateLength + "\r\nCache-Control: "u8.Length + cacheControl.Length + "\r\nLocation: "u8.Length + link.Location.Length + tag.Length + link.Code.Length + _tail.Length;
        var span = output.GetSpan(length);
        var at = 0;
        Put(span, ref at, status);
        Put(span, ref at, DateAt(now));
        Put(span, ref at, "\r\nCache-Control: "u8);
        Put(span, ref at, cacheControl);
        Put(span, ref at, "\r\nLocation: "u8);
        Put(span, ref at, link.Location);
        if (tag.Length > 0)
        {
            Put(span, ref at, tag);
            Put(span, ref at, link.Code);
        }
        Put(span, ref at, _tail);
        output.Advance(at);
    }

    private static ReadOnlySpan<byte> StatusLine(int status) => status switch
    {
        301 => "HTTP/1.1 301 Moved Permanently\r\nContent-Length: 0\r\nDate: "u8,
        307 => "HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nDate: "u8,
        308 => "HTTP/1.1 308 Permanent Redirect\r\nContent-Length: 0\r\nDate: "u8,
        _ => "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nDate: "u8,
    };

    /// <summary>The Date header, written anew by whoever first sees that it is a second old.</summary>
    private byte[] DateAt(long now)
    {
        var date = Volatile.Read(ref _date);
        if (now < date.Until) return date.Text;
        var utc = time.GetUtcNow();
        date = new Date(
            Encoding.ASCII.GetBytes(utc.ToString("R", CultureInfo.InvariantCulture)),
            now + _second * (1000 - utc.Millisecond) / 1000);
        Volatile.Write(ref _date, date);
        return date.Text;
    }

    private static void Put(Span<byte> span, ref int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(span[at..]);
        at += bytes.Length;
    }

    /// <summary>Every text here is ASCII: destinations are encoded so when they enter L1.</summary>
    private static void Put(Span<byte> span, ref int at, string text) => at += Encoding.ASCII.GetBytes(text, span[at..]);

    private sealed record Date(byte[] Text, long Until);
}
