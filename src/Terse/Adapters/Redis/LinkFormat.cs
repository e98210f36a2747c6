using System.Buffers.Binary;
using System.Text;
using Terse.Codes;
using Terse.Links;

namespace Terse.Adapters.Redis;

/// <summary>
/// A link as bytes, in L2 and in messages. Byte 0 is the format, bytes 1 to 8 the version (big-endian, where the scripts look for it in every
/// format to come); what has nothing after them is a tombstone: "there is something of this version or later, not kept here".
/// A format that this program does not know is no link, so that two releases can share one Redis.
/// </summary>
internal static class LinkFormat
{
    private const byte Format = 1;
    private const int HeadLength = 9;

    [Flags]
    private enum Has : byte
    {
        Disabled = 1,
        IsAlias = 2,
        ExpiresAt = 4,
        Title = 8,
    }

    public static byte[] Tombstone(long version)
    {
        var head = new byte[HeadLength];
        WriteHead(head, version);
        return head;
    }

    /// <summary>
    /// Whether Redis may hold the link. Not what each visit must ask the store for anyway, nor the hash of a password, nor what is rare:
    /// such a link leaves a tombstone.
    /// </summary>
    public static bool MayShare(Link link) => link is { MaxVisits: null, PasswordHash: null, TakenDown: null };

    public static byte[] Write(Link link)
    {
        using var stream = new MemoryStream(128 + link.Destination.Length);
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        Span<byte> head = stackalloc byte[HeadLength];
        WriteHead(head, link.Version);
        writer.Write(head);
        writer.Write((byte)((link.Disabled ? Has.Disabled : 0) | (link.IsAlias ? Has.IsAlias : 0)
            | (link.ExpiresAt is null ? 0 : Has.ExpiresAt) | (link.Title is null ? 0 : Has.Title)));
        writer.Write7BitEncodedInt((int)link.RedirectType);
        writer.Write7BitEncodedInt64(link.CreatedAt.ToUnixTimeMilliseconds());
        writer.Write7BitEncodedInt64(link.EndsAt.ToUnixTimeMilliseconds());
        if (link.ExpiresAt is { } expiresAt) writer.Write7BitEncodedInt64(expiresAt.ToUnixTimeMilliseconds());
        writer.Write7BitEncodedInt64((long)link.EdgeTtl.TotalSeconds);
        writer.Write(link.Destination);
        if (link.Title is not null) writer.Write(link.Title);
        writer.Write(link.Owner);
        writer.Write7BitEncodedInt(link.Tags.Count);
        foreach (var tag in link.Tags) writer.Write(tag);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>The version of a link or a tombstone, or null of what is neither.</summary>
    public static long? VersionOf(ReadOnlySpan<byte> value) => value.Length < HeadLength ? null : BinaryPrimitives.ReadInt64BigEndian(value[1..]);

    /// <summary>The link, or null for a tombstone, nothing at all, an unknown format, or bytes that are not whole.</summary>
    public static Link? Read(ShortCode code, byte[]? value)
    {
        if (value is null || value.Length <= HeadLength || value[0] != Format) return null;
        try
        {
            using var reader = new BinaryReader(new MemoryStream(value, HeadLength, value.Length - HeadLength), Encoding.UTF8);
            var has = (Has)reader.ReadByte();
            return new Link
            {
                Code = code,
                Version = VersionOf(value)!.Value,
                Disabled = has.HasFlag(Has.Disabled),
                IsAlias = has.HasFlag(Has.IsAlias),
                RedirectType = (RedirectType)reader.Read7BitEncodedInt(),
                CreatedAt = ReadInstant(reader),
                EndsAt = ReadInstant(reader),
                ExpiresAt = has.HasFlag(Has.ExpiresAt) ? ReadInstant(reader) : null,
                EdgeTtl = TimeSpan.FromSeconds(reader.Read7BitEncodedInt64()),
                Destination = reader.ReadString(),
                Title = has.HasFlag(Has.Title) ? reader.ReadString() : null,
                Owner = reader.ReadString(),
                Tags = ReadTags(reader),
            };
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static void WriteHead(Span<byte> head, long version)
    {
        head[0] = Format;
        BinaryPrimitives.WriteInt64BigEndian(head[1..], version);
    }

    private static DateTimeOffset ReadInstant(BinaryReader reader) => DateTimeOffset.FromUnixTimeMilliseconds(reader.Read7BitEncodedInt64());

    private static string[] ReadTags(BinaryReader reader)
    {
        var count = reader.Read7BitEncodedInt();
        if (count is < 0 or > 1_000) throw new FormatException("No link has so many tags.");
        var tags = new string[count];
        for (var i = 0; i < count; i++) tags[i] = reader.ReadString();
        return tags;
    }
}
