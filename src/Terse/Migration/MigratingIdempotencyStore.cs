using Terse.Links;

namespace Terse.Migration;

/// <summary>
/// Claims while an instance moves: the source decides them throughout, since those from before the move are there only; the target is told. A replay
/// window after the move began it has all that still count, and may serve alone.
/// </summary>
internal sealed class MigratingIdempotencyStore(LiveMigration migration) : IIdempotencyStore
{
    private IIdempotencyStore Source => migration.Source.Claims;

    private IIdempotencyStore Target => migration.Target.Claims;

    public async ValueTask<ClaimResult> ClaimAsync(IdempotencyClaim claim, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var result = await Source.ClaimAsync(claim, now, cancellationToken);
        if (result.State is ClaimState.Claimed or ClaimState.TakenOver)
            await migration.FollowAsync(async () => await Target.ClaimAsync(result.Claim, now, CancellationToken.None));
        return result;
    }

    public async ValueTask CompleteAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        await Source.CompleteAsync(claim, cancellationToken);
        await migration.FollowAsync(() => Target.CompleteAsync(claim, CancellationToken.None));
    }

    public async ValueTask ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        await Source.ReleaseAsync(claim, cancellationToken);
        await migration.FollowAsync(() => Target.ReleaseAsync(claim, CancellationToken.None));
    }

    public async ValueTask<int> SweepAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await migration.FollowAsync(async () => await Target.SweepAsync(now, limit, cancellationToken));
        return await Source.SweepAsync(now, limit, cancellationToken);
    }
}
