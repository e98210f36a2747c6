using System.Security.Cryptography;
using System.Text;

namespace Terse.Links;

/// <summary>The store's keys: hashed, so that they have one length, keep owners apart, and show nothing of what a caller put in.</summary>
internal static class IdempotencyKeys
{
    public const string Header = "Idempotency-Key";
    public const string Meaning = "Any text of 1 to 255 printable ASCII characters, new for each new link: a retry with the same key gets the first call's answer for 24 hours.";
    public const int MaxLength = 255;

    /// <summary>1 to 255 printable ASCII characters.</summary>
    public static bool IsLegal(string key) => key.Length is > 0 and <= MaxLength && key.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;

    public static string ForCaller(string owner, string idempotencyKey) => Hash($"caller\n{owner}\n{idempotencyKey}");

    public static string ForContent(string contentHash) => Hash($"content\n{contentHash}");

    /// <summary>The key to use once the link that <paramref name="key"/> stands for is no longer what was asked for.</summary>
    public static string After(string key, Link gone) => Hash($"after\n{key}\n{gone.Code}\n{gone.Version}");

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
