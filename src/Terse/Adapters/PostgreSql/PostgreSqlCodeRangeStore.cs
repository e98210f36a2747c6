using Npgsql;
using Terse.Codes;

namespace Terse.Adapters.PostgreSql;

/// <summary>The code key, ranges and machine ids in PostgreSQL: a row each, changed by one statement each.</summary>
internal sealed class PostgreSqlCodeRangeStore(PostgreSqlDatabase database) : ICodeRangeStore
{
    private const string MachineColumns = "id, holder, not_before, expires_at";

    public async ValueTask<byte[]> GetOrAddKeyAsync(byte[] candidate, CancellationToken cancellationToken) =>
        (await database.FirstAsync(
            "UPDATE instance SET code_key = coalesce(code_key, $1) RETURNING code_key", static row => row.GetFieldValue<byte[]>(0), cancellationToken, candidate))!;

    public async ValueTask<CodeRange> LeaseRangeAsync(int size, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var end = await database.FirstAsync(
            "UPDATE instance SET high_water = high_water + $1 RETURNING high_water", static row => row.GetInt64(0), cancellationToken, (long)size);
        return new CodeRange(end - size, end);
    }

    public ValueTask<long> GetHighWaterAsync(CancellationToken cancellationToken) =>
        database.FirstAsync("SELECT high_water FROM instance", static row => row.GetInt64(0), cancellationToken);

    public async ValueTask RaiseHighWaterAsync(long highWater, CancellationToken cancellationToken) =>
        await database.ExecuteAsync("UPDATE instance SET high_water = $1 WHERE high_water < $1", cancellationToken, highWater);

    // There is a row for every machine id from the start, those that no one had yet with the earliest end: they are preferred, because they cannot
    // repeat anything, whatever the clocks say. expires_at is the first moment that the last holder did not use.
    public ValueTask<MachineLease?> LeaseMachineAsync(string holder, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken) =>
        database.FirstAsync(
            $"""
            UPDATE machines SET holder = $1, not_before = greatest($2, expires_at), expires_at = greatest($2, expires_at) + $3
            WHERE id =
                (SELECT id FROM machines WHERE holder IS NULL OR expires_at <= $2 ORDER BY expires_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING {MachineColumns}
            """,
            ReadMachine, cancellationToken, holder, now, duration);

    public ValueTask<MachineLease?> RenewMachineAsync(MachineLease lease, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken) =>
        database.FirstAsync(
            $"UPDATE machines SET expires_at = greatest(expires_at, $3) WHERE id = $1 AND holder = $2 RETURNING {MachineColumns}",
            ReadMachine, cancellationToken, lease.MachineId, lease.Holder, now + duration);

    public async ValueTask ReleaseMachineAsync(MachineLease lease, DateTimeOffset lastUsed, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "UPDATE machines SET holder = NULL, expires_at = greatest(not_before, $3) WHERE id = $1 AND holder = $2",
            cancellationToken, lease.MachineId, lease.Holder, DateTimeOffset.FromUnixTimeMilliseconds(lastUsed.ToUnixTimeMilliseconds() + 1));

    private static MachineLease? ReadMachine(NpgsqlDataReader row) => new(row.GetInt32(0), row.GetString(1), row.Instant(2), row.Instant(3));
}
