namespace Terse.Codes;

/// <summary>
/// What the nodes of one instance must agree on to make codes without asking each other per link:
/// the secret key of the permutation, the ranges of ids, and the machine ids of Snowflake mode.
/// Every clause below is one test of the contract suite.
/// </summary>
internal interface ICodeRangeStore
{
    /// <summary>
    /// Returns the instance's permutation key, storing <paramref name="candidate"/> (32 random bytes) if there is none yet.
    /// <list type="bullet">
    /// <item>The first caller's candidate becomes the key; every later caller, in any process, gets that same key.</item>
    /// <item>Callers at the same moment all get one key.</item>
    /// </list>
    /// </summary>
    ValueTask<byte[]> GetOrAddKeyAsync(byte[] candidate, CancellationToken cancellationToken);

    /// <summary>
    /// Leases the next <paramref name="size"/> ids (1 or more, else <see cref="ArgumentOutOfRangeException"/>) to the caller, for ever.
    /// <list type="bullet">
    /// <item>The first range of an instance starts at 0.</item>
    /// <item>Ranges never overlap, whoever asks, however many ask at once.</item>
    /// <item>A range is durable before it is returned: after a crash it is never leased again.</item>
    /// <item>Ranges are dense: each starts where the one leased before it ended.</item>
    /// </list>
    /// </summary>
    ValueTask<CodeRange> LeaseRangeAsync(int size, CancellationToken cancellationToken);

    /// <summary>
    /// The first id that no range covers yet (0 for a new instance).
    /// It never goes down, and is never below the end of a range that was returned.
    /// </summary>
    ValueTask<long> GetHighWaterAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Raises the high water to <paramref name="highWater"/> if it is lower, as an import does whose codes were issued elsewhere
    /// under the same key. It never lowers it, and no range leased later starts below it.
    /// </summary>
    ValueTask RaiseHighWaterAsync(long highWater, CancellationToken cancellationToken);

    /// <summary>
    /// Leases a machine id (0 to <see cref="MachineLease.MaxMachineId"/>) until <paramref name="now"/> + <paramref name="duration"/>,
    /// or returns null when all are held.
    /// <list type="bullet">
    /// <item>No two holders have the same machine id at one time.</item>
    /// <item>A lease that ran out is given again, and its <see cref="MachineLease.NotBefore"/> is no earlier than the old lease's end,
    /// so that a holder whose clock is behind cannot repeat an id.</item>
    /// <item>A lease that was released is given again with <see cref="MachineLease.NotBefore"/> later than the last use that the holder named
    /// at release: an id with that same timestamp may exist already. Of a holder that used nothing, the next inherits the bound.</item>
    /// <item>When <see cref="MachineLease.NotBefore"/> lies after <paramref name="now"/>, the duration counts from there.</item>
    /// </list>
    /// </summary>
    ValueTask<MachineLease?> LeaseMachineAsync(string holder, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>
    /// Extends <paramref name="lease"/> to <paramref name="now"/> + <paramref name="duration"/>.
    /// Null when the lease is no longer the holder's (it ran out and was given to another): the holder must stop issuing at once.
    /// One that ran out and was given to no one is renewed. A renewal never shortens a lease, nor moves its <see cref="MachineLease.NotBefore"/>.
    /// </summary>
    ValueTask<MachineLease?> RenewMachineAsync(MachineLease lease, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>
    /// Gives the machine id back. <paramref name="lastUsed"/> is the latest timestamp that the holder put in an id.
    /// Releasing what is no longer held does nothing.
    /// </summary>
    ValueTask ReleaseMachineAsync(MachineLease lease, DateTimeOffset lastUsed, CancellationToken cancellationToken);
}

/// <summary>Ids from <paramref name="Start"/> (included) to <paramref name="End"/> (excluded).</summary>
internal readonly record struct CodeRange(long Start, long End)
{
    public long Length => End - Start;
}

/// <summary>The right to make Snowflake ids with one machine id.</summary>
/// <param name="MachineId">0 to <see cref="MaxMachineId"/>.</param>
/// <param name="Holder">Who holds it: unique per process start.</param>
/// <param name="NotBefore">No id may carry an earlier timestamp.</param>
/// <param name="ExpiresAt">No id may carry this or a later timestamp, unless the lease is renewed.</param>
internal sealed record MachineLease(int MachineId, string Holder, DateTimeOffset NotBefore, DateTimeOffset ExpiresAt)
{
    public const int MaxMachineId = 1023;
}
