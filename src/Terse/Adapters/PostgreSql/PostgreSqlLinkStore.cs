using System.Runtime.CompilerServices;
using Terse.Codes;
using Terse.Links;

namespace Terse.Adapters.PostgreSql;

/// <summary>Links in PostgreSQL: one statement per call, so that the row is the only lock; additions go through the <see cref="LinkWriter"/>, lists through <see cref="LinkLists"/>.</summary>
internal sealed class PostgreSqlLinkStore(PostgreSqlDatabase database, LinkWriter writer, PostgreSqlReplicas replicas, TimeProvider time) : ILinkStore
{
    private const int LookalikesPerRead = 1_000;
    private const string Select = $"SELECT {LinkRow.Columns} FROM links WHERE code = $1";
    private static readonly TimeSpan CountFor = TimeSpan.FromMinutes(1);
    private (long Links, long At)? _counted;

    public ValueTask<AddResult> AddAsync(Link link, CancellationToken cancellationToken) => writer.AddAsync(link, cancellationToken);

    public async ValueTask<IReadOnlyList<AddResult>> AddManyAsync(IReadOnlyList<Link> links, CancellationToken cancellationToken) =>
        links.Count == 0 ? [] : await writer.AddManyAsync(links, cancellationToken);

    public ValueTask<Link?> FindAsync(ShortCode code, CancellationToken cancellationToken) =>
        database.FirstAsync(Select, LinkRow.Read, cancellationToken, code.Value);

    public async ValueTask<Link?> FindNearbyAsync(ShortCode code, long leastVersion, CancellationToken cancellationToken) =>
        await replicas.FirstAsync(Select, LinkRow.Read, cancellationToken, code.Value) is { } link && link.Version >= leastVersion
            ? link
            : await FindAsync(code, cancellationToken);

    public async ValueTask<ChangeResult> ReplaceAsync(Link link, long expectedVersion, CancellationToken cancellationToken)
    {
        // $17, the visits, is not used: those taken so far stay.
        var replaced = await database.ExecuteAsync(
            $"""
            UPDATE links SET ({LinkRow.Replaceable}) = ({LinkRow.ReplaceableParameters}), words = array_to_tsvector($17)
            WHERE code = $1 AND version = $18
            """,
            cancellationToken, [.. LinkRow.Values(link)[..^1], LinkWords.Of(link), expectedVersion]);
        return replaced == 1 ? ChangeResult.Done : await WhyNotAsync(link.Code, cancellationToken);
    }

    public async ValueTask<ChangeResult> RemoveAsync(ShortCode code, long? expectedVersion, CancellationToken cancellationToken)
    {
        var removed = expectedVersion is { } version
            ? await database.ExecuteAsync("DELETE FROM links WHERE code = $1 AND version = $2", cancellationToken, code.Value, version)
            : await database.ExecuteAsync("DELETE FROM links WHERE code = $1", cancellationToken, code.Value);
        if (removed == 1) return ChangeResult.Done;
        return expectedVersion is null ? ChangeResult.Missing : await WhyNotAsync(code, cancellationToken);
    }

    public async ValueTask<VisitResult> TakeVisitAsync(ShortCode code, CancellationToken cancellationToken)
    {
        var taken = await database.ExecuteAsync("UPDATE links SET visits = visits + 1 WHERE code = $1 AND visits < max_visits", cancellationToken, code.Value);
        if (taken == 1) return VisitResult.Taken;
        var stored = await database.QueryAsync("SELECT max_visits IS NULL FROM links WHERE code = $1", static row => row.GetBoolean(0), cancellationToken, code.Value);
        return stored switch { [] => VisitResult.Missing, [true, ..] => VisitResult.Taken, _ => VisitResult.UsedUp };
    }

    public ValueTask<LinkPage> ListAsync(LinkQuery query, CancellationToken cancellationToken) => LinkLists.ReadAsync(database, query, cancellationToken);

    public async ValueTask<LinkPage?> ListEndedAsync(EndedQuery query, CancellationToken cancellationToken) => await EndedLinks.ReadAsync(database, query, cancellationToken);

    public async ValueTask<long> CountAsync(CancellationToken cancellationToken)
    {
        // A counter in the database would be one row that all creates wait for.
        if (_counted is { } counted && time.GetElapsedTime(counted.At) < CountFor) return counted.Links;
        var links = await database.FirstAsync("SELECT count(*) FROM links", static row => row.GetInt64(0), cancellationToken);
        _counted = (links, time.GetTimestamp());
        return links;
    }

    public async ValueTask<IReadOnlyList<ShortCode>> SweepAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            """
            DELETE FROM links WHERE id IN
                (SELECT id FROM links WHERE ends_at < $1 ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED)
            RETURNING code
            """,
            static row => ShortCode.Parse(row.GetString(0)), cancellationToken, endedBefore, limit);

    public async IAsyncEnumerable<ShortCode> ReadLookalikesAsync(int length, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<(long Id, ShortCode Code)> page;
        var last = 0L;
        do
        {
            // The conditions repeat those of the index, which is used for no others.
            page = await database.QueryAsync(
                "SELECT id, code FROM links WHERE is_alias AND code ~ '^[0-9A-Za-z]+$' AND length(code) = $1 AND id > $2 ORDER BY id LIMIT $3",
                static row => (row.GetInt64(0), ShortCode.Parse(row.GetString(1))), cancellationToken, length, last, LookalikesPerRead);
            foreach (var (id, code) in page)
            {
                last = id;
                yield return code;
            }
        }
        while (page.Count == LookalikesPerRead);
    }

    private async ValueTask<ChangeResult> WhyNotAsync(ShortCode code, CancellationToken cancellationToken) =>
        await database.QueryAsync("SELECT FROM links WHERE code = $1", static _ => true, cancellationToken, code.Value) is [] ? ChangeResult.Missing : ChangeResult.Stale;
}
