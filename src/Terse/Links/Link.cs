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

    public bool HasEnded(DateTimeOffset now) => Disabled || now >= EndsAt;

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
