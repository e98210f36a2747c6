using System.Buffers;
using System.Text;
using Terse.Codes;

namespace Terse.Redirects.Wire;

/// <summary>
/// Recognizes the one request that nearly all visitors send: <c>GET /code HTTP/1.1</c>, one Host, no query, no body, no conditions on the connection. It is an
/// allow-list, stricter than RFC 9112: whatever it does not know to be harmless is <see cref="HeadKind.Other"/>, so it never decides what is an error.
/// </summary>
internal static class RequestHeadReader
{
    /// <summary>Longer heads are for Kestrel.</summary>
    public const int MaxLength = 4096;

    // Kestrel refuses a head with more than 100; nobody sends half of that.
    private const int MaxHeaders = 50;

    private static readonly SearchValues<byte> HostBytes =
        SearchValues.Create(".-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> CodeBytes =
        SearchValues.Create("-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private enum HeaderEffect
    {
        None,
        Host,
        NotPlain,
    }

    public static HeadKind Read(ReadOnlySpan<byte> bytes, out RequestHead head)
    {
        head = default;
        if (bytes.Length > MaxLength) bytes = bytes[..MaxLength];

        // 1. The request line
        if (!bytes.StartsWith("GET /"u8)) return "GET /"u8.StartsWith(bytes) ? HeadKind.Incomplete : HeadKind.Other;
        if (!TryTakeLine(bytes, out var line, out var rest)) return MoreMayCome(bytes);
        if (!line.EndsWith(" HTTP/1.1"u8)) return HeadKind.Other;
        head.Code = line[5..^9];
        if (head.Code.Length is 0 or > ShortCode.MaxLength || head.Code.ContainsAnyExcept(CodeBytes)) return HeadKind.Other;

        // 2. The headers, up to the empty line
        var hosts = 0;
        for (var headers = 0; headers < MaxHeaders; headers++)
        {
            if (!TryTakeLine(rest, out line, out rest)) return MoreMayCome(bytes);
            if (line.IsEmpty)
            {
                head.Length = bytes.Length - rest.Length;
                return hosts == 1 ? HeadKind.Plain : HeadKind.Other;
            }

            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(Token) || line.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E)) return HeadKind.Other;
            switch (Note(line[..colon], line[(colon + 1)..].Trim((byte)' '), ref head))
            {
                case HeaderEffect.NotPlain: return HeadKind.Other;
                case HeaderEffect.Host: hosts++; break;
            }
        }
        return HeadKind.Other;
    }

    /// <summary>A name or an IPv4 address, with or without a port.</summary>
    private static bool IsPlainHost(ReadOnlySpan<byte> host)
    {
        var end = host.IndexOfAnyExcept(HostBytes);
        if (end < 0) return !host.IsEmpty;
        var port = host[(end + 1)..];
        return end > 0 && host[end] == ':' && port.Length is > 0 and <= 5 && !port.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    private static HeadKind MoreMayCome(ReadOnlySpan<byte> bytes) => bytes.Length == MaxLength ? HeadKind.Other : HeadKind.Incomplete;

    /// <summary>A line that ends with CR LF; one that ends with LF alone keeps a character that no caller allows.</summary>
    private static bool TryTakeLine(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> line, out ReadOnlySpan<byte> rest)
    {
        var feed = bytes.IndexOf((byte)'\n');
        line = default;
        rest = bytes;
        if (feed < 0) return false;
        line = feed > 0 && bytes[feed - 1] == '\r' ? bytes[..(feed - 1)] : bytes[..(feed + 1)];
        rest = bytes[(feed + 1)..];
        return true;
    }

    private static HeaderEffect Note(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref RequestHead head)
    {
        switch (name.Length)
        {
            case 4 when Is(name, "host"u8):
                return IsPlainHost(value) ? HeaderEffect.Host : HeaderEffect.NotPlain;
            case 10 when Is(name, "user-agent"u8):
                head.UserAgent = value;
                return HeaderEffect.None;
            case 7 when Is(name, "referer"u8):
                head.Referrer = value;
                return HeaderEffect.None;
            case 15 when Is(name, "accept-language"u8):
                head.AcceptLanguage = value;
                return HeaderEffect.None;
            case 15 when Is(name, "x-forwarded-for"u8):
                head.ForwardedFor = value;
                return HeaderEffect.None;
            case 7 when Is(name, "sec-gpc"u8):
            case 3 when Is(name, "dnt"u8):
                head.Private |= value.SequenceEqual("1"u8);
                return HeaderEffect.None;
            case 7 when Is(name, "purpose"u8):
            case 9 when Is(name, "x-purpose"u8):
            case 11 when Is(name, "sec-purpose"u8):
            case 5 when Is(name, "x-moz"u8):
                // Seldom seen, and its meaning is VisitFlags' to tell.
                return HeaderEffect.NotPlain;
            case 10 when Is(name, "connection"u8):
                return Is(value, "keep-alive"u8) ? HeaderEffect.None : HeaderEffect.NotPlain;

            // What changes how the message is read, or what must be answered.
            case 14 when Is(name, "content-length"u8):
            case 17 when Is(name, "transfer-encoding"u8):
            case 6 when Is(name, "expect"u8):
            case 7 when Is(name, "upgrade"u8):
            case 7 when Is(name, "trailer"u8):
            case 2 when Is(name, "te"u8):
            case 15 when Is(name, "x-link-password"u8):
                return HeaderEffect.NotPlain;
            default:
                return HeaderEffect.None;
        }
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase) => Ascii.EqualsIgnoreCase(text, lowerCase);
}
