using System.Buffers.Binary;
using System.Text;
using Terse.Codes;
using Terse.Links;

namespace Terse.Adapters.Redis;

/// <summary>
/// What nodes tell each other: a change, with the link as it now is where it may be told; or a beat, by which a node hears that it can still be heard.
/// 1 byte format, 1 kind, 8 sender, 8 unix milliseconds of sending; then 8 bytes of the beat's number, or 1 of the code's length, the code,
/// and a link or tombstone as in L2.
/// </summary>
internal readonly record struct BackplaneMessage
{
    private const byte Format = 1;
    private const byte BeatKind = 255;
    private const int HeadLength = 18;

    public required ulong Sender { get; init; }

    public required DateTimeOffset SentAt { get; init; }

    /// <summary>The number of the beat, or null when this is a change.</summary>
    public long? Beat { get; init; }

    public LinkChange Change { get; init; }

    public static byte[] ForBeat(ulong sender, DateTimeOffset sentAt, long number)
    {
        var message = new byte[HeadLength + 8];
        WriteHead(message, BeatKind, sender, sentAt);
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(HeadLength), number);
        return message;
    }

    public static byte[] For(LinkChange change, ulong sender, DateTimeOffset sentAt)
    {
        var mayTell = change is { Kind: LinkChangeKind.Changed, Link: { } changed } && LinkFormat.MayShare(changed);
        var link = mayTell ? LinkFormat.Write(change.Link!) : LinkFormat.Tombstone(change.Version);
        var code = change.Code.Value;
        var message = new byte[HeadLength + 1 + code.Length + link.Length];
        WriteHead(message, (byte)change.Kind, sender, sentAt);
        message[HeadLength] = (byte)code.Length;
        Encoding.ASCII.GetBytes(code, message.AsSpan(HeadLength + 1));
        link.CopyTo(message, HeadLength + 1 + code.Length);
        return message;
    }

    /// <summary>Null of what is no message, or one of a later format.</summary>
    public static BackplaneMessage? Read(byte[]? message)
    {
        if (message is null || message.Length <= HeadLength || message[0] != Format) return null;
        var read = new BackplaneMessage
        {
            Sender = BinaryPrimitives.ReadUInt64BigEndian(message.AsSpan(2)),
            SentAt = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(message.AsSpan(10))),
        };
        if (message[1] == BeatKind) return message.Length < HeadLength + 8 ? null : read with { Beat = BinaryPrimitives.ReadInt64BigEndian(message.AsSpan(HeadLength)) };

        var codeEnd = HeadLength + 1 + message[HeadLength];
        if (message.Length < codeEnd || message[1] > (byte)LinkChangeKind.Removed) return null;
        var link = message[codeEnd..];
        if (!ShortCode.TryParse(Encoding.ASCII.GetString(message, HeadLength + 1, message[HeadLength]), out var code)) return null;
        if (LinkFormat.VersionOf(link) is not { } version) return null;
        return read with { Change = new LinkChange(code, version, (LinkChangeKind)message[1], LinkFormat.Read(code, link)) };
    }

    private static void WriteHead(Span<byte> message, byte kind, ulong sender, DateTimeOffset sentAt)
    {
        message[0] = Format;
        message[1] = kind;
        BinaryPrimitives.WriteUInt64BigEndian(message[2..], sender);
        BinaryPrimitives.WriteInt64BigEndian(message[10..], sentAt.ToUnixTimeMilliseconds());
    }
}
