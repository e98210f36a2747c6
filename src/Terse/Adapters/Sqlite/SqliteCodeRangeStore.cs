using Terse.Codes;

namespace Terse.Adapters.Sqlite;

/// <summary>The code key, ranges and machine ids in SQLite: one row each, changed in the writer's transaction.</summary>
internal sealed class SqliteCodeRangeStore(SqliteDatabase database) : ICodeRangeStore
{
    public ValueTask<byte[]> GetOrAddKeyAsync(byte[] candidate, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => session
                .Prepare("UPDATE instance SET code_key = ifnull(code_key, ?1) RETURNING code_key")
                .Bind(candidate)
                .All(static row => row.Blob(0))[0],
            cancellationToken);

    public ValueTask<CodeRange> LeaseRangeAsync(int size, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return database.WriteAsync(
            session =>
            {
                var end = session
                    .Prepare("UPDATE instance SET high_water = high_water + ?1, ranges_leased = ranges_leased + 1 RETURNING high_water")
                    .Bind(size)
                    .All(static row => row.Long(0))[0];
                return new CodeRange(end - size, end);
            },
            cancellationToken);
    }

    public ValueTask<long> GetHighWaterAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(database.Read(0, static (session, _) => session
            .Prepare("SELECT high_water FROM instance")
            .First(static row => row.Long(0))));

    public async ValueTask RaiseHighWaterAsync(long highWater, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            session => session.Prepare("UPDATE instance SET high_water = ?1 WHERE high_water < ?1").Bind(highWater).Execute(),
            cancellationToken);

    public ValueTask<MachineLease?> LeaseMachineAsync(string holder, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => LeaseUnused(session, holder, now, duration) ?? LeaseAgain(session, holder, now, duration),
            cancellationToken);

    public ValueTask<MachineLease?> RenewMachineAsync(MachineLease lease, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => session
                .Prepare($"UPDATE machines SET expires_at = max(expires_at, ?3) WHERE id = ?1 AND holder = ?2 RETURNING {MachineColumns}")
                .Bind(lease.MachineId).Bind(lease.Holder).Bind(now + duration)
                .All(ReadMachine)
                .SingleOrDefault(),
            cancellationToken);

    public async ValueTask ReleaseMachineAsync(MachineLease lease, DateTimeOffset lastUsed, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            session => session
                .Prepare("UPDATE machines SET holder = NULL, expires_at = max(not_before, ?3) WHERE id = ?1 AND holder = ?2")
                .Bind(lease.MachineId).Bind(lease.Holder).Bind(lastUsed.ToUnixTimeMilliseconds() + 1)
                .Execute(),
            cancellationToken);

    private const string MachineColumns = "id, holder, not_before, expires_at";

    // An id that no one had yet cannot repeat anything, whatever the clocks say: as long as there is one it is preferred.
    private static MachineLease? LeaseUnused(SqliteSession session, string holder, DateTimeOffset now, TimeSpan duration) => session
        .Prepare($"""
            INSERT INTO machines ({MachineColumns})
            SELECT ifnull(max(id), -1) + 1, ?1, ?2, ?3 FROM machines HAVING ifnull(max(id), -1) < ?4
            RETURNING {MachineColumns}
            """)
        .Bind(holder).Bind(now).Bind(now + duration).Bind(MachineLease.MaxMachineId)
        .All(ReadMachine)
        .SingleOrDefault();

    // expires_at is the first moment that the last holder did not use.
    private static MachineLease? LeaseAgain(SqliteSession session, string holder, DateTimeOffset now, TimeSpan duration) => session
        .Prepare($"""
            UPDATE machines SET holder = ?1, not_before = max(?2, expires_at), expires_at = max(?2, expires_at) + ?3
            WHERE id = (SELECT id FROM machines WHERE holder IS NULL OR expires_at <= ?2 ORDER BY expires_at LIMIT 1)
            RETURNING {MachineColumns}
            """)
        .Bind(holder).Bind(now).Bind((long)duration.TotalMilliseconds)
        .All(ReadMachine)
        .SingleOrDefault();

    private static MachineLease ReadMachine(SqliteStatement row) =>
        new((int)row.Long(0), row.Text(1), row.Instant(2), row.Instant(3));
}
