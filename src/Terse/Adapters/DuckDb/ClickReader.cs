using System.Globalization;
using DuckDB.NET.Data;
using Terse.Clicks;
using Terse.Codes;

namespace Terse.Adapters.DuckDb;

/// <summary>Series and tops. Sums may be zero where a link was erased: such units and values are left out.</summary>
internal sealed class ClickReader(ClickWords words)
{
    private const string Sums = "sum(clicks)::BIGINT AS c, sum(humans)::BIGINT AS h, sum(visitors)::BIGINT AS v";

    public IReadOnlyList<ClickPoint> ReadSeries(DuckDBConnection connection, ClickQuery query, ClickUnit unit, CancellationToken cancellationToken)
    {
        if (ClickSelection.Of(connection, words, query, groupBy: null, unit) is not { } rows) return [];
        var sql = $"""
            SELECT id::BIGINT, {Sums}
            FROM ({rows})
            GROUP BY id HAVING sum(clicks) > 0 ORDER BY id
            """;
        return Read(connection, sql, static reader => new ClickPoint(DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(0) * 60), Counts(reader)), cancellationToken);
    }

    public IReadOnlyList<ClickGroup> ReadTop(DuckDBConnection connection, ClickQuery query, ClickDimension dimension, int limit, CancellationToken cancellationToken)
    {
        if (ClickSelection.Of(connection, words, query, dimension, ClickUnit.Day) is not { } rows) return [];

        // Equals are in order of their text, which the engine does not have: it gives all that tie for the last place. A window's rank would sort all groups.
        var sql = string.Create(CultureInfo.InvariantCulture, $"""
            WITH groups AS MATERIALIZED (
                SELECT id, {Sums}
                FROM ({rows})
                GROUP BY id HAVING sum(clicks) > 0)
            SELECT * FROM groups WHERE c >= (SELECT min(c) FROM (SELECT c FROM groups ORDER BY c DESC LIMIT {limit}))
            """);
        var groups = Read(connection, sql, static reader => (Id: reader.GetFieldValue<uint>(0), Counts: Counts(reader)), cancellationToken);
        var text = Texts(connection, dimension, groups.Select(static group => group.Id));
        return
        [
            .. groups.Select(group => new ClickGroup(text(group.Id), group.Counts))
                .OrderByDescending(static group => group.Counts.Clicks).ThenBy(static group => group.Value, StringComparer.Ordinal).Take(limit),
        ];
    }

    public static IReadOnlyDictionary<ShortCode, ClickCounts> ReadTotals(DuckDBConnection connection, IReadOnlyCollection<ShortCode> codes, CancellationToken cancellationToken)
    {
        var links = LinkIds.Find(connection, [.. codes.Select(static code => code.Value)]).ToDictionary(static link => link.Id, static link => ShortCode.Parse(link.Code));
        if (links.Count == 0) return new Dictionary<ShortCode, ClickCounts>();
        var sql = $"""
            SELECT value, sum(clicks)::BIGINT, sum(humans)::BIGINT, sum(visitors)::BIGINT
            FROM (SELECT * FROM daily UNION ALL SELECT * FROM totals_fresh)
            WHERE kind = {(byte)ClickKind.Redirected} AND dimension = {(byte)ClickDimension.Link} AND value IN (SELECT unnest(?))
            GROUP BY value HAVING sum(clicks) > 0
            """;
        return Read(connection, sql, static reader => (Id: reader.GetFieldValue<uint>(0), Counts: Counts(reader)), cancellationToken, links.Keys.ToList())
            .ToDictionary(group => links[group.Id], static group => group.Counts);
    }

    private Func<uint, string> Texts(DuckDBConnection connection, ClickDimension dimension, IEnumerable<uint> ids)
    {
        if (dimension != ClickDimension.Link) return id => words.Text(dimension, id);
        var codes = LinkIds.Codes(connection, ids);
        return id => codes.GetValueOrDefault(id, "");
    }

    private static ClickCounts Counts(DuckDBDataReader reader) => new(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));

    private static List<T> Read<T>(DuckDBConnection connection, string sql, Func<DuckDBDataReader, T> read, CancellationToken cancellationToken, params ReadOnlySpan<object> parameters)
    {
        using var command = DuckDbDatabase.Command(connection, sql, parameters);
        using var cancelling = cancellationToken.Register(static command => ((DuckDBCommand)command!).Cancel(), command);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }
}
