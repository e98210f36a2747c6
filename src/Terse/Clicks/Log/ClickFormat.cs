using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Unicode;
using Terse.Codes;

namespace Terse.Clicks.Log;

/// <summary>
/// A click as bytes, in the log and on the queue: 20 bytes of numbers, then the texts in UTF-8, each cut at a bound. The position is not part of it.
/// A first byte other than <see cref="Version"/> is a format that this program does not know.
/// </summary>
internal static class ClickFormat
{
    public const int MaxUserAgent = 512;
    public const int MaxReferrer = 300;
    public const int MaxLanguage = 64;
    public const int MaxQuery = 512;
    public const int MaxLength = Numbers + 16 + ShortCode.MaxLength + MaxUserAgent + MaxReferrer + MaxLanguage + MaxQuery;

    private const byte Version = 1;
    private const int Numbers = 20;

    /// <summary>Writes all but the position, and returns the length. Takes no memory.</summary>
    /// <param name="to"><see cref="MaxLength"/> bytes or more.</param>
    public static int Write(in ClickRecord click, Span<byte> to)
    {
        var at = WriteStart(click.Kind, click.Flags, click.At, click.Address, click.Code, to);
        to[13] = (byte)Text(click.AcceptLanguage, MaxLanguage, to, ref at);
        BinaryPrimitives.WriteUInt16LittleEndian(to[14..], Text(click.UserAgent, MaxUserAgent, to, ref at));
        BinaryPrimitives.WriteUInt16LittleEndian(to[16..], Text(click.Referrer, MaxReferrer, to, ref at));
        BinaryPrimitives.WriteUInt16LittleEndian(to[18..], Text(click.Query, MaxQuery, to, ref at));
        return at;
    }

    /// <summary>The same for texts that are ASCII bytes, as they came over the wire, of a request without a query.</summary>
    public static int WriteAscii(
        ClickKind kind, ClickFlags flags, DateTimeOffset when, IPAddress? address, string code,
        ReadOnlySpan<byte> acceptLanguage, ReadOnlySpan<byte> userAgent, ReadOnlySpan<byte> referrer, Span<byte> to)
    {
        var at = WriteStart(kind, flags, when, address, code, to);
        to[13] = (byte)Ascii(acceptLanguage, MaxLanguage, to, ref at);
        BinaryPrimitives.WriteUInt16LittleEndian(to[14..], Ascii(userAgent, MaxUserAgent, to, ref at));
        BinaryPrimitives.WriteUInt16LittleEndian(to[16..], Ascii(referrer, MaxReferrer, to, ref at));
        BinaryPrimitives.WriteUInt16LittleEndian(to[18..], 0);
        return at;
    }

    /// <summary>Reads what <see cref="Write"/> wrote; false, and why, for anything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, long position, out ClickRecord click, out string reason)
    {
        (click, reason) = (default, "");
        if (body.Length < Numbers) reason = $"The record has {body.Length} bytes, less than any click.";
        else if (body[0] != Version) reason = $"The record has format {body[0]}, and this program knows format {Version}.";
        else if (body[1] > (byte)ClickKind.Ended) reason = $"The record is of kind {body[1]}, which this program does not know.";
        else if (body[3] is not (0 or 4 or 16)) reason = $"The record has an address of {body[3]} bytes.";
        if (reason.Length > 0) return false;

        int address = body[3], code = body[12], language = body[13];
        int userAgent = BinaryPrimitives.ReadUInt16LittleEndian(body[14..]);
        int referrer = BinaryPrimitives.ReadUInt16LittleEndian(body[16..]);
        int query = BinaryPrimitives.ReadUInt16LittleEndian(body[18..]);
        if (Numbers + address + code + language + userAgent + referrer + query != body.Length)
        {
            reason = $"The record has {body.Length} bytes, and its parts have another sum.";
            return false;
        }

        var milliseconds = BinaryPrimitives.ReadInt64LittleEndian(body[4..]);
        if (milliseconds < 0 || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            reason = "The record's time is out of any range.";
            return false;
        }

        var at = Numbers + address;
        click = new ClickRecord(
            position, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), (ClickKind)body[1],
            Text(body, ref at, code), (ClickFlags)body[2], address == 0 ? null : new IPAddress(body.Slice(Numbers, address)),
            AcceptLanguage: Text(body, ref at, language), UserAgent: Text(body, ref at, userAgent), Referrer: Text(body, ref at, referrer), Query: Text(body, ref at, query));
        return true;
    }

    /// <summary>The record without its address, or as it is if it cannot be read.</summary>
    public static byte[] WithoutAddress(ReadOnlySpan<byte> body)
    {
        if (!TryRead(body, 0, out var click, out _)) return body.ToArray();
        var without = new byte[MaxLength];
        return without[..Write(click with { Address = null }, without)];
    }

    private static int WriteStart(ClickKind kind, ClickFlags flags, DateTimeOffset when, IPAddress? address, string code, Span<byte> to)
    {
        to[0] = Version;
        to[1] = (byte)kind;
        to[2] = (byte)flags;
        BinaryPrimitives.WriteInt64LittleEndian(to[4..], when.ToUnixTimeMilliseconds());
        var at = Numbers;
        var length = 0;
        if (address?.TryWriteBytes(to[at..], out length) == true) at += length;
        to[3] = (byte)length;
        to[12] = (byte)Text(code, ShortCode.MaxLength, to, ref at);
        return at;
    }

    private static ushort Ascii(ReadOnlySpan<byte> text, int most, Span<byte> to, ref int at)
    {
        if (text.Length > most) text = text[..most];
        text.CopyTo(to[at..]);
        at += text.Length;
        return (ushort)text.Length;
    }

    private static ushort Text(string text, int most, Span<byte> to, ref int at)
    {
        // What does not fit is cut between characters.
        Utf8.FromUtf16(text, to.Slice(at, most), out _, out var written);
        at += written;
        return (ushort)written;
    }

    private static string Text(ReadOnlySpan<byte> body, ref int at, int length)
    {
        var text = length == 0 ? "" : Encoding.UTF8.GetString(body.Slice(at, length));
        at += length;
        return text;
    }
}
