using Terse.Codes;

namespace Terse.Links;

/// <summary>A short link as the store keeps it. Instants have millisecond precision, in UTC.</summary>
internal sealed record Link
{
    public required ShortCode Code { get; init; }

    /// <summary>Where it leads: an absolute URL that passed the destination policy, in its canonical (punycode, escaped) form.</summary>
    public required string Destination { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The end that its maker asked for, or null for none.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it stops redirecting: <see cref="ExpiresAt"/>, or the end of the instance's retention if that is earlier.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    public RedirectType RedirectType { get; init; } = RedirectType.Found;

    /// <summary>A link that its owner switched off: 410 until it is switched on again.</summary>
    public bool Disabled { get; init; }

    /// <summary>How long shared caches may keep the redirect (<c>s-maxage</c>), in whole seconds; zero (the default) forbids caching.</summary>
    public TimeSpan EdgeTtl { get; init; }

    public string? Title { get; init; }

    /// <summary>Lower-case, distinct, ordered.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The id of the API key that made it.</summary>
    public required string Owner { get; init; }

    /// <summary>
    /// Grows with every change: unix milliseconds of the change, or the previous version plus one if that is later.
    /// The ETag, and what decides between two copies of the link in caches. A link made anew under a deleted code has a higher one.
    /// </summary>
    public required long Version { get; init; }

    public bool IsAlias { get; init; }

    /// <summary>How many visits it redirects before it answers 410, or null for no limit. 1 to <see cref="MostVisits"/>.</summary>
    public long? MaxVisits { get; init; }

    /// <summary>
    /// How many visits of <see cref="MaxVisits"/> were taken when the link was read. The store alone raises it
    /// (<see cref="ILinkStore.TakeVisitAsync"/>), without a new <see cref="Version"/>; changes of the link leave it.
    /// </summary>
    public long Visits { get; init; }

    /// <summary>The slow hash of the password that visitors must give (<see cref="LinkPasswords"/>), or null for none. Never shown, never logged.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Why an admin took the link down, or null when nobody did. Its owner cannot undo that.</summary>
    public TakedownReason? TakenDown { get; init; }

    public const long MostVisits = 1_000_000_000_000;

    public bool IsUsedUp => Visits >= MaxVisits;

    public bool HasEnded(DateTimeOffset now) => Disabled || TakenDown is not null || IsUsedUp || now >= EndsAt;

    /// <summary>The version that a change made at <paramref name="now"/> must carry.</summary>
    public long NextVersion(DateTimeOffset now) => Math.Max(now.ToUnixTimeMilliseconds(), Version + 1);
}

/// <summary>The HTTP status of the redirect.</summary>
internal enum RedirectType
{
    MovedPermanently = 301,
    Found = 302,
    TemporaryRedirect = 307,
    PermanentRedirect = 308,
}

/// <summary>Why a link was taken down. Stores keep the number.</summary>
internal enum TakedownReason
{
    Other = 1,
    Phishing = 2,
    Malware = 3,
    Spam = 4,

    /// <summary>A legal demand: the one reason that 451 is for (RFC 7725).</summary>
    Legal = 5,

    /// <summary>Its destination came onto the blocklist after it was made.</summary>
    Blocklist = 6,
}
