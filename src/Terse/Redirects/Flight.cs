using Terse.Codes;

namespace Terse.Redirects;

/// <summary>
/// One read of one code that is under way: every caller that misses meanwhile awaits it instead of reading too (coalescing).
/// A change that arrives meanwhile overtakes it, for what it read may be older. The fields are guarded by the shard's lock.
/// </summary>
internal sealed class Flight(ShortCode code)
{
    private readonly TaskCompletionSource<Resolution> _landed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ShortCode Code { get; } = code;

    /// <summary>What L1 had when the flight began, past its TTL: the answer if the store is down.</summary>
    public CachedLink? Expired { get; init; }

    /// <summary>The least version that what was read must have.</summary>
    public long LeastVersion;

    /// <summary>Whether a change arrived since the read began, so that "no such link" may no longer be so.</summary>
    public bool Overtaken { get; set; }

    public Task<Resolution> Landed => _landed.Task;

    public void Land(Resolution resolution) => _landed.TrySetResult(resolution);
}

internal enum ResolutionState
{
    Found,
    Unknown,
    Unavailable,
}

/// <param name="State">What is known about the code.</param>
/// <param name="Link">The link when found; it may have ended.</param>
internal readonly record struct Resolution(ResolutionState State, CachedLink? Link)
{
    public static readonly Resolution Unknown = new(ResolutionState.Unknown, null);

    public static readonly Resolution Unavailable = new(ResolutionState.Unavailable, null);

    public static Resolution Of(CachedLink link) => link.IsLink ? new(ResolutionState.Found, link) : Unknown;
}
