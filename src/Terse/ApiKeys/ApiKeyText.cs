using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Terse.Codes;

namespace Terse.ApiKeys;

/// <summary>
/// A whole key as its holder has it: <c>terse_</c>, the id (10), <c>_</c>, the secret (32), all of 0-9 A-Z a-z. The prefix lets secret scanners
/// find leaked keys; the id finds the record without a search by secret.
/// </summary>
internal readonly record struct ApiKeyText
{
    private const string Prefix = "terse_";
    private const int IdLength = 10;
    private const int SecretLength = 32;
    private const int Length = 6 + IdLength + 1 + SecretLength;

    private static readonly SearchValues<char> LettersAndDigits = SearchValues.Create(ShortCode.Alphabet);

    private ApiKeyText(string text) => Text = text;

    public string Text { get; }

    public string Id => Text.Substring(Prefix.Length, IdLength);

    public static ApiKeyText Generate() => new(string.Concat(
        Prefix,
        RandomNumberGenerator.GetString(ShortCode.Alphabet, IdLength),
        "_",
        RandomNumberGenerator.GetString(ShortCode.Alphabet, SecretLength)));

    public static bool TryParse(string? text, out ApiKeyText key)
    {
        var parsed = text is { Length: Length }
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && text[Prefix.Length + IdLength] == '_'
            && !text.AsSpan(Prefix.Length, IdLength).ContainsAnyExcept(LettersAndDigits)
            && !text.AsSpan(Prefix.Length + IdLength + 1).ContainsAnyExcept(LettersAndDigits);
        key = parsed ? new ApiKeyText(text!) : default;
        return parsed;
    }

    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>The id only: a key that reaches a log by accident must not be of use to its reader.</summary>
    public override string ToString() => Text is null ? "" : $"{Prefix}{Id}_…";
}
