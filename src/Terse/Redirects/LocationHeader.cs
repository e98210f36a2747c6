using System.Buffers;
using System.Text;

namespace Terse.Redirects;

/// <summary>Destinations as a <c>Location</c> header may carry them: visible ASCII, and nothing that could end the header.</summary>
internal static class LocationHeader
{
    // Visible ASCII without the characters that no URI has and that quoting in pages or logs trips over.
    private static readonly SearchValues<char> Safe = SearchValues.Create(
        "!#$%&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz~|{}^`");

    /// <summary>
    /// <paramref name="destination"/> itself when it is safe, as every destination is that passed the policy. What else may lie in a store
    /// (an import by hand, another program) has its unsafe characters percent-encoded as UTF-8, so that no destination can forge a header.
    /// </summary>
    public static string Encode(string destination)
    {
        var unsafeAt = destination.AsSpan().IndexOfAnyExcept(Safe);
        if (unsafeAt < 0) return destination;

        var encoded = new StringBuilder(destination.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in destination.EnumerateRunes())
        {
            if (rune.IsBmp && Safe.Contains((char)rune.Value))
            {
                encoded.Append((char)rune.Value);
                continue;
            }
            foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)]) encoded.Append('%').Append(octet.ToString("X2", null));
        }
        return encoded.ToString();
    }
}
