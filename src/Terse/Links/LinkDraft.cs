using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Terse.Codes;

namespace Terse.Links;

/// <summary>A link that passed validation and awaits its code.</summary>
internal sealed record LinkDraft
{
    public required string Destination { get; init; }
    public ShortCode? Alias { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public TimeSpan? Ttl { get; init; }
    public RedirectType RedirectType { get; init; } = RedirectType.Found;
    public string? Title { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public TimeSpan EdgeTtl { get; init; }
    public long? MaxVisits { get; init; }
    public DraftPassword? Password { get; init; }

    /// <summary>
    /// A hash over everything that makes the link what it is, its owner included. Two requests with the same one ask for the same link. A ttl
    /// counts as it was given, not as the instant it leads to: a retry a second later is still the same request.
    /// </summary>
    public string ContentHash(string owner)
    {
        var content = string.Create(
            CultureInfo.InvariantCulture,
            $"{Part(owner)}{Part(Destination)}{Part(Alias?.Value)}{Part(ExpiresAt?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture))}"
            + $"{Part(Ttl?.TotalSeconds.ToString(CultureInfo.InvariantCulture))}{(int)RedirectType};{Part(Title)}{EdgeTtl.TotalSeconds};{string.Concat(Tags.Select(Part))}"
            + $"{Part(MaxVisits?.ToString(CultureInfo.InvariantCulture))}{Part(Password?.Fingerprint(owner, Destination, Alias?.Value))}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
    }

    // Length before value, so that no two different drafts write the same text; -1 keeps null apart from "".
    private static string Part(string? value) => string.Create(CultureInfo.InvariantCulture, $"{value?.Length ?? -1}:{value};");

    public Link ToLink(ShortCode code, string owner, TimeSpan retention, DateTimeOffset now)
    {
        var expiresAt = Ttl is { } ttl ? now + ttl : ExpiresAt;
        return new Link
        {
            Code = code,
            Destination = Destination,
            CreatedAt = now,
            ExpiresAt = expiresAt,
            EndsAt = EndOf(expiresAt, now, retention),
            RedirectType = RedirectType,
            Title = Title,
            Tags = Tags,
            EdgeTtl = EdgeTtl,
            Owner = owner,
            Version = now.ToUnixTimeMilliseconds(),
            IsAlias = Alias is not null,
            MaxVisits = MaxVisits,
            PasswordHash = Password?.Hash,
        };
    }

    public static DateTimeOffset EndOf(DateTimeOffset? expiresAt, DateTimeOffset createdAt, TimeSpan retention)
    {
        var limit = createdAt + retention;
        return expiresAt < limit ? expiresAt.Value : limit;
    }
}
