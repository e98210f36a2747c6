namespace Terse.Redirects;

/// <summary>
/// What L1 keeps of a link: the answer, already encoded. Immutable. Instants are timestamps of the injected clock's monotonic counter, so that
/// one reading of the clock decides everything and a wall clock that is set back makes nothing live longer.
/// </summary>
internal sealed record CachedLink
{
    /// <summary>Objects, table slot and ghost slot of an entry without its strings: measured by <c>RedirectMemoryTests.Cache_stays_within_its_bytes</c>.</summary>
    private const int FixedBytes = 184;

    public required string Code { get; init; }

    /// <summary>
    /// 301, 302, 307, 308: redirects at once. Else what stands in the way: <see cref="GuardedStatus"/>, <see cref="SwitchedOffStatus"/>,
    /// <see cref="TakenDownStatus"/>, <see cref="TakenDownByLawStatus"/>; or there is no link: <see cref="NegativeStatus"/>, <see cref="TombstoneStatus"/>.
    /// </summary>
    public required int Status { get; init; }

    public required long Version { get; init; }

    /// <summary>Until then (excluded) it may be answered without asking the store.</summary>
    public required long FreshUntil { get; init; }

    /// <summary>From then on it is 410.</summary>
    public long EndsAt { get; init; } = long.MaxValue;

    public string Location { get; init; } = "";

    public string CacheControl { get; init; } = CacheHeaders.NoStore;

    public string? Title { get; init; }

    public long CreatedAtMilliseconds { get; init; }

    /// <summary>What a visitor must pass first, when <see cref="Status"/> is <see cref="GuardedStatus"/>.</summary>
    public LinkGuard? Guard { get; init; }

    /// <summary>Whether it redirects whoever comes, as long as it has not ended.</summary>
    public bool IsOpen => (uint)(Status - StatusCodes.Status301MovedPermanently) <= StatusCodes.Status308PermanentRedirect - StatusCodes.Status301MovedPermanently;

    /// <summary>Whether it redirects those who pass its guard, as long as it has not ended.</summary>
    public bool IsGuarded => Status == GuardedStatus;

    public bool IsLink => Status is not (NegativeStatus or TombstoneStatus);

    /// <summary>What the entry takes in memory, as counted against L1's bound.</summary>
    public int Bytes => FixedBytes + BytesOf(Code) + BytesOf(Location) + (Title is null ? 0 : BytesOf(Title))
        + (Guard is null ? 0 : LinkGuard.FixedBytes + (Guard.PasswordHash is { } hash ? BytesOf(hash) : 0))
        + (ReferenceEquals(CacheControl, CacheHeaders.NoStore) ? 0 : BytesOf(CacheControl));

    public const int GuardedStatus = 401;

    public const int SwitchedOffStatus = 410;

    public const int TakenDownStatus = 403;

    public const int TakenDownByLawStatus = 451;

    public const int NegativeStatus = 404;

    public const int TombstoneStatus = 0;

    /// <summary>"The store has no such link."</summary>
    public static CachedLink Negative(string code, long version, long freshUntil) =>
        new() { Code = code, Status = NegativeStatus, Version = version, FreshUntil = freshUntil };

    /// <summary>"There is something newer than <paramref name="version"/>'s predecessors, not yet read."</summary>
    public static CachedLink Tombstone(string code, long version) =>
        new() { Code = code, Status = TombstoneStatus, Version = version, FreshUntil = long.MinValue };

    /// <summary>The same entry as it must be put when a later version is known.</summary>
    public CachedLink WithVersion(long version) => Negative(Code, version, FreshUntil);

    /// <summary>The same entry with another end of its freshness.</summary>
    public CachedLink DueAt(long freshUntil) => this with { FreshUntil = freshUntil };

    private static int BytesOf(string text) => text.Length == 0 ? 0 : (22 + 2 * text.Length + 7) & ~7;
}
