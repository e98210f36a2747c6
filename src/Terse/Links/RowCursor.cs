using System.Buffers.Binary;
using System.Buffers.Text;

namespace Terse.Links;

/// <summary>A place in a list whose order is that of its rows: the id of the last one seen, in base64url behind a byte that marks it as ours.</summary>
internal static class RowCursor
{
    private const byte Mark = 0x4c;

    public static string Write(long id)
    {
        Span<byte> bytes = stackalloc byte[1 + sizeof(long)];
        bytes[0] = Mark;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], id);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The id that a page starts behind: that of the cursor, or before all rows where there is none.</summary>
    /// <exception cref="FormatException">The text was not made by <see cref="Write"/>.</exception>
    public static long From(string? cursor, bool oldestFirst) => cursor is not null ? Read(cursor) : oldestFirst ? 0 : long.MaxValue;

    /// <exception cref="FormatException">The text was not made by <see cref="Write"/>.</exception>
    public static long Read(string cursor)
    {
        Span<byte> bytes = stackalloc byte[1 + sizeof(long)];
        if (Base64Url.IsValid(cursor, out var length) && length == bytes.Length && Base64Url.DecodeFromChars(cursor, bytes) == length
            && bytes[0] == Mark && BinaryPrimitives.ReadInt64BigEndian(bytes[1..]) is > 0 and var id)
        {
            return id;
        }

        throw new FormatException("Not a cursor of this list.");
    }
}
