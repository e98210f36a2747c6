using System.Security.Cryptography;
using Npgsql;
using Terse.Clicks;
using Terse.Codes;

namespace Terse.Adapters.PostgreSql;

/// <summary>Clicks in PostgreSQL, for any number of workers at once.</summary>
internal sealed class PostgreSqlClickStore : IClickStore
{
    private readonly PostgreSqlDatabase _database;
    private readonly ClickRollUp _rollUp;

    public PostgreSqlClickStore(PostgreSqlDatabase database) => (_database, _rollUp) = (database, new ClickRollUp(database));

    public ValueTask<IReadOnlyList<EnrichedClick>> WriteAsync(string source, IReadOnlyList<EnrichedClick> clicks, CancellationToken cancellationToken) => clicks.Count == 0
        ? ValueTask.FromResult<IReadOnlyList<EnrichedClick>>([])
        : _database.InTransactionAsync(connection => ClickWriter.WriteAsync(connection, source, clicks, cancellationToken), cancellationToken);

    public ValueTask<long?> ReadWatermarkAsync(string source, CancellationToken cancellationToken) => _database.FirstAsync<long?>(
        "SELECT watermark FROM click_sources WHERE source = $1", static row => row.GetInt64(0), cancellationToken, source);

    public async ValueTask<byte[]> ReadSaltAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var number = day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        await _database.ExecuteAsync("INSERT INTO click_salts VALUES ($1, $2) ON CONFLICT DO NOTHING", cancellationToken, number, RandomNumberGenerator.GetBytes(32));
        return (await _database.FirstAsync("SELECT salt FROM click_salts WHERE day = $1", static row => row.GetFieldValue<byte[]>(0), cancellationToken, number))!;
    }

    public async ValueTask<IReadOnlyList<ClickPoint>> ReadSeriesAsync(ClickQuery query, ClickUnit unit, CancellationToken cancellationToken)
    {
        var selection = ClickSelection.Of(query, groupBy: null, unit >= ClickUnit.Hour);
        return await _database.QueryAsync(
            $"""
            SELECT minute - minute % {(int)unit} AS start, {ClickSelection.Sums}
            FROM ({selection.Rows}) AS rows
            GROUP BY start HAVING sum(clicks) > 0 ORDER BY start
            """,
            static row => new ClickPoint(DateTimeOffset.FromUnixTimeSeconds(row.GetInt32(0) * 60L), Counts(row)), cancellationToken, selection.Parameters);
    }

    public async ValueTask<IReadOnlyList<ClickGroup>> ReadTopAsync(ClickQuery query, ClickDimension dimension, int limit, CancellationToken cancellationToken)
    {
        var selection = ClickSelection.Of(query, dimension, wholeHours: true);
        var groups = await _database.QueryAsync(
            $"""
            SELECT value COLLATE "C", {ClickSelection.Sums}
            FROM ({selection.Rows}) AS rows
            GROUP BY 1 HAVING sum(clicks) > 0 ORDER BY sum(clicks) DESC, 1 LIMIT ${selection.Parameters.Length + 1}
            """,
            static row => new ClickGroup(row.GetString(0), Counts(row)), cancellationToken, [.. selection.Parameters, (long)limit]);
        return groups;
    }

    public async ValueTask<IReadOnlyDictionary<ShortCode, ClickCounts>> ReadTotalsAsync(IReadOnlyCollection<ShortCode> codes, CancellationToken cancellationToken)
    {
        const string where = "dimension = $1 AND kind = $2 AND value = ANY ($3)";
        var totals = await _database.QueryAsync(
            $"""
            SELECT value, {ClickSelection.Sums}
            FROM (SELECT * FROM click_totals WHERE {where} UNION ALL SELECT * FROM click_totals_fresh WHERE {where}) AS rows
            GROUP BY value HAVING sum(clicks) > 0
            """,
            static row => (Code: ShortCode.Parse(row.GetString(0)), Counts: Counts(row)), cancellationToken,
            (short)ClickDimension.Link, (short)ClickKind.Redirected, codes.Select(static code => code.Value).ToArray());
        return totals.ToDictionary(static total => total.Code, static total => total.Counts);
    }

    public ValueTask EraseAsync(ShortCode code, DateTimeOffset before, CancellationToken cancellationToken) => _rollUp.EraseAsync(code.Value, before, cancellationToken);

    public ValueTask RollUpAsync(DateTimeOffset now, ClickRetention retention, CancellationToken cancellationToken) => _rollUp.RunAsync(now, retention, cancellationToken);

    private static ClickCounts Counts(NpgsqlDataReader row) => new(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
}
