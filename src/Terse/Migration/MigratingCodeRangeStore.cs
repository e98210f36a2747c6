using Terse.Codes;

namespace Terse.Migration;

/// <summary>
/// Ranges while an instance moves: the lead leases them, and the follower's high water is raised past each. Machine ids stay with the source until the
/// restart that ends the move; the conditional insert keeps codes unique across that.
/// </summary>
internal sealed class MigratingCodeRangeStore(LiveMigration migration) : ICodeRangeStore
{
    public async ValueTask<byte[]> GetOrAddKeyAsync(byte[] candidate, CancellationToken cancellationToken)
    {
        var key = await migration.Source.Ranges.GetOrAddKeyAsync(candidate, cancellationToken);
        await migration.FollowAsync(() => new ValueTask(MovedFacts.CopyAsync(migration.Source, migration.Target, cancellationToken)));
        return key;
    }

    public async ValueTask<CodeRange> LeaseRangeAsync(int size, CancellationToken cancellationToken)
    {
        var range = await migration.Lead.Ranges.LeaseRangeAsync(size, cancellationToken);
        await migration.FollowAsync(() => migration.Follower.Ranges.RaiseHighWaterAsync(range.End, CancellationToken.None));
        return range;
    }

    public ValueTask<long> GetHighWaterAsync(CancellationToken cancellationToken) => migration.Lead.Ranges.GetHighWaterAsync(cancellationToken);

    public async ValueTask RaiseHighWaterAsync(long highWater, CancellationToken cancellationToken)
    {
        await migration.Lead.Ranges.RaiseHighWaterAsync(highWater, cancellationToken);
        await migration.FollowAsync(() => migration.Follower.Ranges.RaiseHighWaterAsync(highWater, CancellationToken.None));
    }

    public ValueTask<MachineLease?> LeaseMachineAsync(string holder, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken) =>
        migration.Source.Ranges.LeaseMachineAsync(holder, now, duration, cancellationToken);

    public ValueTask<MachineLease?> RenewMachineAsync(MachineLease lease, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken) =>
        migration.Source.Ranges.RenewMachineAsync(lease, now, duration, cancellationToken);

    public ValueTask ReleaseMachineAsync(MachineLease lease, DateTimeOffset lastUsed, CancellationToken cancellationToken) =>
        migration.Source.Ranges.ReleaseMachineAsync(lease, lastUsed, cancellationToken);
}
