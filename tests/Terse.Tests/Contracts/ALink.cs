using Terse.Codes;
using Terse.Links;

namespace Terse.Tests.Contracts;

/// <summary>Makes links for tests.</summary>
internal static class ALink
{
    public static readonly DateTimeOffset Created = new(2026, 3, 1, 12, 0, 0, 7, TimeSpan.Zero);

    public static Link Of(string code, string destination = "https://example.com/page") => new()
    {
        Code = ShortCode.Parse(code),
        Destination = destination,
        CreatedAt = Created,
        EndsAt = Created.AddYears(5),
        Owner = "Owner00001",
        Version = Created.ToUnixTimeMilliseconds(),
    };

    /// <summary>A link that has every field, none at its default.</summary>
    public static Link WithEveryField(string code) => Of(code, "https://example.com/a%20b?q=%C3%BC#frag") with
    {
        ExpiresAt = Created.AddDays(3).AddMilliseconds(456),
        EndsAt = Created.AddDays(2).AddMilliseconds(789),
        RedirectType = RedirectType.PermanentRedirect,
        Disabled = true,
        EdgeTtl = TimeSpan.FromSeconds(86_401),
        Title = "Ein „Titel“ \0 with 🙂, \"quotes\" and\nlines",
        Tags = ["alpha", "b-c_d", "ü"],
        Owner = "aB3456789Z",
        Version = Created.ToUnixTimeMilliseconds() + 12_345,
        IsAlias = true,
        MaxVisits = Link.MostVisits,
        Visits = 3_000_000_000,
        PasswordHash = "$pbkdf2-sha256$i=100000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        TakenDown = TakedownReason.Blocklist,
    };

    public static Link EndingAt(string code, DateTimeOffset endsAt) => Of(code) with { EndsAt = endsAt };

    public static Link Alias(string code) => Of(code) with { IsAlias = true };
}
