namespace Terse.Redirects;

/// <summary>
/// What L1 keeps of a link: the answer, already encoded. Immutable. Instants are timestamps of the injected clock's monotonic counter, so that
/// one reading of the clock decides everything and a wall clock that is set back makes nothing live longer.
/// </summary>
internal sealed class CachedLink
{
    /// <summary>Objects, table slot and ghost slot of an entry without its strings: measured by <c>RedirectMemoryTests.Cache_stays_within_its_bytes</c>.</summary>
    private const int FixedBytes = 176;

    public required string Code { get; init; }

    /// <summary>301, 302, 307, 308; 410 when switched off; 404 for a negative entry; 0 for a tombstone, which is never fresh.</summary>
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

    public bool IsLink => Status is not (NegativeStatus or TombstoneStatus);

    /// <summary>What the entry takes in memory, as counted against L1's bound.</summary>
    public int Bytes => FixedBytes + BytesOf(Code) + BytesOf(Location) + (Title is null ? 0 : BytesOf(Title))
        + (ReferenceEquals(CacheControl, CacheHeaders.NoStore) ? 0 : BytesOf(CacheControl));

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

    private static int BytesOf(string text) => text.Length == 0 ? 0 : (22 + 2 * text.Length + 7) & ~7;
}
