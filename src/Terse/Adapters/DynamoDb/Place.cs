using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Terse.Adapters.DynamoDb;

/// <summary>
/// Where a link stands in the lists: the moment of its addition by a hybrid clock, and who added it. Places sort as their text does, no two additions
/// have the same, and a link keeps its own through every change. A link made anew under a removed code has another, which tells the two apart.
/// </summary>
/// <param name="Text">12 hexadecimal digits of milliseconds, 4 of a counter, 8 of the node.</param>
internal readonly record struct Place(string Text)
{
    public const int Length = 24;

    private const int MillisecondDigits = 12;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static Place At(long milliseconds, int counter, uint node) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{milliseconds:x12}{counter:x4}{node:x8}"));

    public long Milliseconds => long.Parse(Text.AsSpan(0, MillisecondDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>The place as a cursor: base64url behind a byte that marks it as ours.</summary>
    public string ToCursor() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes("D" + Text));

    /// <exception cref="FormatException">The text was not made by <see cref="ToCursor"/>.</exception>
    public static Place FromCursor(string cursor)
    {
        if (Base64Url.IsValid(cursor, out var length) && length == Length + 1
            && Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)) is ['D', .. var text]
            && !text.AsSpan().ContainsAnyExcept(Digits) && new Place(text).ToCursor() == cursor)
        {
            return new Place(text);
        }

        throw new FormatException("Not a cursor of this list.");
    }
}
