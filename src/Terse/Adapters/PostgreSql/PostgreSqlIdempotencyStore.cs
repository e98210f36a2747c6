using Npgsql;
using Terse.Links;

namespace Terse.Adapters.PostgreSql;

/// <summary>Idempotency claims in PostgreSQL: the primary key decides who claims, and nearly every claim is one statement.</summary>
internal sealed class PostgreSqlIdempotencyStore(PostgreSqlDatabase database) : IIdempotencyStore
{
    private const int ClaimCount = LinkRow.Count + 4;
    private const string ClaimColumns = $"{LinkRow.Columns}, key, request_hash, leased_until, forget_at";

    public async ValueTask<ClaimResult> ClaimAsync(IdempotencyClaim claim, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (true)
        {
            // 1. A free key, or one whose claim is to be forgotten.
            var claimed = await database.ExecuteAsync(
                $"""
                INSERT INTO idempotency_claims AS stored ({ClaimColumns}, completed) VALUES ({LinkRow.Parameters}, $18, $19, $20, $21, false)
                ON CONFLICT (key) DO UPDATE
                SET ({ClaimColumns}, completed) = ({LinkRow.Parameters}, $18, $19, $20, $21, false) WHERE stored.forget_at <= $22
                """,
                cancellationToken, LinkRow.Values(claim.Link, claim.Key, claim.RequestHash, claim.LeasedUntil, claim.ForgetAt, now));
            if (claimed == 1) return new ClaimResult(ClaimState.Claimed, claim);

            // 2. Somebody's. It may be gone by now: then the key is free.
            var found = await database.QueryAsync(
                $"SELECT {ClaimColumns}, completed FROM idempotency_claims WHERE key = $1",
                static row => (Claim: Read(row), Completed: row.GetBoolean(ClaimCount)), cancellationToken, claim.Key);
            if (found is not [var (stored, completed)]) continue;
            if (completed) return new ClaimResult(ClaimState.Completed, stored);
            if (now < stored.LeasedUntil || claim.RequestHash != stored.RequestHash) return new ClaimResult(ClaimState.InFlight, stored);

            // 3. Of those who saw the lease run out, the first to extend it takes over.
            var taken = await database.ExecuteAsync(
                "UPDATE idempotency_claims SET leased_until = $3 WHERE key = $1 AND leased_until = $2 AND NOT completed",
                cancellationToken, claim.Key, stored.LeasedUntil, claim.LeasedUntil);
            if (taken == 1) return new ClaimResult(ClaimState.TakenOver, stored with { LeasedUntil = claim.LeasedUntil });
        }
    }

    public async ValueTask CompleteAsync(IdempotencyClaim claim, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "UPDATE idempotency_claims SET completed = true WHERE key = $1 AND leased_until = $2", cancellationToken, claim.Key, claim.LeasedUntil);

    public async ValueTask ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "DELETE FROM idempotency_claims WHERE key = $1 AND leased_until = $2 AND NOT completed", cancellationToken, claim.Key, claim.LeasedUntil);

    public ValueTask<int> SweepAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            """
            DELETE FROM idempotency_claims WHERE key IN
                (SELECT key FROM idempotency_claims WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2 FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken, now, limit);

    private static IdempotencyClaim Read(NpgsqlDataReader row) => new(
        row.GetString(LinkRow.Count), row.GetString(LinkRow.Count + 1), LinkRow.Read(row), row.Instant(LinkRow.Count + 2), row.Instant(LinkRow.Count + 3));
}
