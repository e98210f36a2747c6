using System.Security.Cryptography;
using System.Text;
using Terse.ApiKeys;
using Terse.Hosting;

namespace Terse.Admin.Session;

/// <summary>
/// The way in at the first start: an address with a secret that the program prints and that works once. Whoever opens it is signed in with the
/// first admin key, and sees that key, also once.
/// </summary>
internal sealed class FirstVisit(FirstKey first)
{
    private readonly string _token = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private int _used;

    public bool IsOpen => first.ToShow is not null && Volatile.Read(ref _used) == 0;

    /// <summary>The path to print, or null when there is no first visit to be made.</summary>
    public string? Path => IsOpen ? $"/admin/welcome?token={_token}" : null;

    public bool Opens(string? token) =>
        IsOpen && token is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(_token));

    /// <summary>The first key, for the first caller that has the token; null for everyone else.</summary>
    public ApiKeyText? Redeem(string? token) => Opens(token) && Interlocked.Exchange(ref _used, 1) == 0 ? first.ToShow : null;
}
