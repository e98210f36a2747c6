using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Terse.Links;

/// <summary>
/// Hashes and checks the passwords of links: PBKDF2-HMAC-SHA256 in PHC text, <c>$pbkdf2-sha256$i=ROUNDS$SALT$HASH</c>. Slow on purpose, so only half of
/// the cores do it at once, and of those who wait there are at most <see cref="MostWaiting"/>: guesses cannot take the machine from the redirects.
/// </summary>
internal sealed class LinkPasswords(IOptions<LinksOptions> options) : IDisposable
{
    public const int MaxLength = 128;
    public const int LeastIterations = 100_000;
    public const int MostIterations = 10_000_000;
    public const int MostWaiting = 64;

    private const string Scheme = "$pbkdf2-sha256$i=";
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    private readonly SemaphoreSlim _cores = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int _waiting;

    public static bool IsLegal(string password) => password.Length is > 0 and <= MaxLength && !password.Any(char.IsControl);

    public static bool IsHash(string text) => TryRead(text, out _, out _, out _);

    public async ValueTask<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken);
        try
        {
            var iterations = options.Value.PasswordIterations;
            var salt = RandomNumberGenerator.GetBytes(SaltBytes);
            var hash = Derive(password, salt, iterations);
            return string.Create(CultureInfo.InvariantCulture, $"{Scheme}{iterations}${Base64Url.EncodeToString(salt)}${Base64Url.EncodeToString(hash)}");
        }
        finally
        {
            _cores.Release();
        }
    }

    public async ValueTask<DraftPassword> HashAsync(DraftPassword password, CancellationToken cancellationToken) =>
        password.WithHash(await HashAsync(password.Text, cancellationToken));

    /// <summary>Whether the password is the one that was hashed; null when too many are being checked to check one more.</summary>
    public async ValueTask<bool?> CheckAsync(string password, string hash, CancellationToken cancellationToken)
    {
        if (!IsLegal(password) || !TryRead(hash, out var iterations, out var salt, out var expected)) return false;
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            await _cores.WaitAsync(cancellationToken);
            try
            {
                return CryptographicOperations.FixedTimeEquals(Derive(password, salt, iterations), expected);
            }
            finally
            {
                _cores.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _cores.Dispose();

    internal static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password.Normalize()), salt, iterations, HashAlgorithmName.SHA256, HashBytes);

    private static bool TryRead(string text, out int iterations, out byte[] salt, out byte[] hash)
    {
        (iterations, salt, hash) = (0, [], []);
        if (!text.StartsWith(Scheme, StringComparison.Ordinal)) return false;
        var parts = text[Scheme.Length..].Split('$');
        if (parts.Length != 3 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out iterations)) return false;
        if (iterations is < LeastIterations or > MostIterations || !Base64Url.IsValid(parts[1]) || !Base64Url.IsValid(parts[2])) return false;
        salt = Base64Url.DecodeFromChars(parts[1]);
        hash = Base64Url.DecodeFromChars(parts[2]);
        return salt.Length == SaltBytes && hash.Length == HashBytes;
    }
}

/// <summary>The password of a link that is being made: in this process's memory only, and never as text in a log.</summary>
internal sealed class DraftPassword(string text)
{
    private string? _fingerprint;

    public string Text { get; } = text;

    public string? Hash { get; private init; }

    public DraftPassword WithHash(string hash) => new(Text) { Hash = hash };

    /// <summary>
    /// Equal for equal passwords on equal requests, for idempotent creation: the stored hash is salted by chance and cannot serve. As slow as that,
    /// since the store keeps a hash over it.
    /// </summary>
    public string Fingerprint(string owner, string destination, string? alias) =>
        _fingerprint ??= Convert.ToHexStringLower(LinkPasswords.Derive(
            Text, SHA256.HashData(Encoding.UTF8.GetBytes($"terse link password\n{owner}\n{alias}\n{destination}")), LinkPasswords.LeastIterations * 6));

    public override string ToString() => "(password)";
}
