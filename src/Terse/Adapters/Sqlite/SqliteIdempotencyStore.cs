using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>Idempotency claims in SQLite. The one writer makes each claim atomic, and lets it share its fsync with the links being added.</summary>
internal sealed class SqliteIdempotencyStore(SqliteDatabase database) : IIdempotencyStore
{
    public ValueTask<ClaimResult> ClaimAsync(IdempotencyClaim claim, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(session => Claim(session, claim, now), cancellationToken);

    public async ValueTask CompleteAsync(IdempotencyClaim claim, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            session => session
                .Prepare("UPDATE idempotency_claims SET completed = 1 WHERE key = ?1 AND leased_until = ?2")
                .Bind(claim.Key).Bind(claim.LeasedUntil)
                .Execute(),
            cancellationToken);

    public async ValueTask ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            session => session
                .Prepare("DELETE FROM idempotency_claims WHERE key = ?1 AND leased_until = ?2 AND completed = 0")
                .Bind(claim.Key).Bind(claim.LeasedUntil)
                .Execute(),
            cancellationToken);

    public ValueTask<int> SweepAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => session
                .Prepare("""
                    DELETE FROM idempotency_claims WHERE id IN
                        (SELECT id FROM idempotency_claims WHERE forget_at <= ?1 ORDER BY forget_at LIMIT ?2)
                    """)
                .Bind(now).Bind(limit)
                .Execute(),
            cancellationToken,
            limit);

    private static ClaimResult Claim(SqliteSession session, IdempotencyClaim claim, DateTimeOffset now)
    {
        session
            .Prepare("DELETE FROM idempotency_claims WHERE key = ?1 AND forget_at <= ?2")
            .Bind(claim.Key).Bind(now)
            .Execute();
        var inserted = session
            .Prepare($"""
                INSERT INTO idempotency_claims ({LinkRow.Columns}, key, request_hash, leased_until, forget_at, completed)
                VALUES ({LinkRow.Parameters}, ?18, ?19, ?20, ?21, 0) ON CONFLICT (key) DO NOTHING
                """)
            .BindLink(claim.Link).Bind(claim.Key).Bind(claim.RequestHash).Bind(claim.LeasedUntil).Bind(claim.ForgetAt)
            .Execute();
        if (inserted == 1) return new ClaimResult(ClaimState.Claimed, claim);

        var (stored, completed) = Find(session, claim.Key);
        if (completed) return new ClaimResult(ClaimState.Completed, stored);
        if (now < stored.LeasedUntil || claim.RequestHash != stored.RequestHash) return new ClaimResult(ClaimState.InFlight, stored);

        session
            .Prepare("UPDATE idempotency_claims SET leased_until = ?2 WHERE key = ?1")
            .Bind(claim.Key).Bind(claim.LeasedUntil)
            .Execute();
        return new ClaimResult(ClaimState.TakenOver, stored with { LeasedUntil = claim.LeasedUntil });
    }

    private static (IdempotencyClaim Claim, bool Completed) Find(SqliteSession session, string key) => session
        .Prepare($"SELECT {LinkRow.Columns}, key, request_hash, leased_until, forget_at, completed FROM idempotency_claims WHERE key = ?1")
        .Bind(key)
        .First(static row => (
            new IdempotencyClaim(row.Text(LinkRow.Count), row.Text(LinkRow.Count + 1), LinkRow.Read(row), row.Instant(LinkRow.Count + 2), row.Instant(LinkRow.Count + 3)),
            row.Bool(LinkRow.Count + 4)));
}
