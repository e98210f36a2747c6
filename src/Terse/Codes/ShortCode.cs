using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Terse.Codes;

/// <summary>
/// What stands after the slash: a generated code or an alias, 1 to 64 of <c>0-9 A-Z a-z - _</c>.
/// Generated codes and aliases share one namespace, guarded by the link store's conditional insert alone.
/// </summary>
internal readonly record struct ShortCode
{
    public const int MaxLength = 64;

    /// <summary>The digits of a generated code, in the order of their values: radix 62.</summary>
    public const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> Legal = SearchValues.Create(Alphabet + "-_");

    private ShortCode(string value) => Value = value;

    public string Value { get; }

    /// <summary>Whether <paramref name="text"/> could be a code at all; what could not is 404 without a look-up.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxLength && !text.ContainsAnyExcept(Legal);

    public static bool TryParse([NotNullWhen(true)] string? text, out ShortCode code)
    {
        var parsed = text is not null && IsWellFormed(text);
        code = parsed ? new ShortCode(text!) : default;
        return parsed;
    }

    /// <summary>Wraps what is known to be well formed: a row of the store, a code just generated.</summary>
    /// <exception cref="FormatException">It is not well formed.</exception>
    public static ShortCode Parse(string text) =>
        TryParse(text, out var code) ? code : throw new FormatException("Not a short code.");

    public override string ToString() => Value ?? "";
}
