namespace Terse.Links;

/// <summary>
/// Remembers which creation a key stands for, so that a retry never makes a second link. A claim carries the link that is to be made:
/// a caller that takes over after a crash inserts that same link again, and finds either a free code or its own link. No engine needs a
/// transaction over two records for that. Every clause below is one test of the contract suite.
/// </summary>
internal interface IIdempotencyStore
{
    /// <summary>
    /// Claims <paramref name="claim"/>'s key (keys differ by case), or tells who holds it.
    /// <list type="bullet">
    /// <item>Of any number of callers at once, exactly one gets <see cref="ClaimState.Claimed"/>.</item>
    /// <item>A key whose claim was completed: <see cref="ClaimState.Completed"/>, with the completed claim.</item>
    /// <item>A key that is claimed, not completed, and whose lease has not run out at <paramref name="now"/>: <see cref="ClaimState.InFlight"/>, with that claim.</item>
    /// <item>The same once the lease ran out: the caller takes it over if the request hash is the same: <see cref="ClaimState.TakenOver"/> with the
    /// stored claim (its link, not the caller's), its lease extended to the caller's, for exactly one caller. With another hash: <see cref="ClaimState.InFlight"/>.</item>
    /// <item>A claim at or past its <see cref="IdempotencyClaim.ForgetAt"/> is as if it had never been.</item>
    /// </list>
    /// </summary>
    ValueTask<ClaimResult> ClaimAsync(IdempotencyClaim claim, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Marks the claim as done: its link is there, and replays return it.
    /// Does nothing when the claim is no longer the caller's (another has taken it over, or it is forgotten).
    /// </summary>
    ValueTask CompleteAsync(IdempotencyClaim claim, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets the claim, because nothing was made: the key is free again. Does nothing when the claim is no longer the caller's, or completed:
    /// a claimant that was slow must not free a key that another works on.
    /// </summary>
    ValueTask ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken);

    /// <summary>Removes up to <paramref name="limit"/> claims at or past their <see cref="IdempotencyClaim.ForgetAt"/>, and returns how many.</summary>
    ValueTask<int> SweepAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);
}

/// <param name="Key">Owner and idempotency key, hashed together: 1 to 128 characters.</param>
/// <param name="RequestHash">What the request asked for, hashed: the same key with another hash is a mistake of the caller (422).</param>
/// <param name="Link">The link to be made.</param>
/// <param name="LeasedUntil">Until then the claimant is taken to be alive. It also tells claimants apart: each takeover sets a later one.</param>
/// <param name="ForgetAt">The end of the replay window.</param>
internal sealed record IdempotencyClaim(string Key, string RequestHash, Link Link, DateTimeOffset LeasedUntil, DateTimeOffset ForgetAt);

internal enum ClaimState
{
    Claimed,
    TakenOver,
    InFlight,
    Completed,
}

/// <param name="State">What became of the call.</param>
/// <param name="Claim">The stored claim: the caller's own when <see cref="ClaimState.Claimed"/>.</param>
internal readonly record struct ClaimResult(ClaimState State, IdempotencyClaim Claim);
