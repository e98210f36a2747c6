using DuckDB.NET.Data;
using Terse.Clicks;

namespace Terse.Adapters.DuckDb;

/// <summary>
/// Folds, forgets and erases. Every step moves counts from one place to another in one transaction, so a step that was interrupted has not happened,
/// and one that is repeated finds nothing to move.
/// </summary>
internal static class ClickRollUp
{
    private const long MinutesPerDay = 1440;
    private const int DaysWithVisitors = 2;

    /// <summary>The tables of visits, and how many minutes a row of each stands for.</summary>
    private static readonly (string Table, long Grain)[] Visits = [("minutes", 1), ("hours", 60), ("days", MinutesPerDay)];

    /// <summary>The steps, each to be run in a transaction of its own: none of them holds up writers for long.</summary>
    public static IEnumerable<Action<DuckDBConnection>> Steps(DateTimeOffset now, ClickRetention retention)
    {
        var today = (int)(now.ToUnixTimeSeconds() / 86_400);
        yield return connection =>
        {
            AddPairs(connection, "minutes", "+", "minute < ?", Midnight(retention.MinutesUntil));
            Fold(connection, "minutes", "hours", 60, Midnight(retention.MinutesUntil));
        };
        yield return connection => Fold(connection, "hours", "days", MinutesPerDay, Midnight(retention.HoursUntil));
        yield return connection => FoldTotals(connection, today * MinutesPerDay, Midnight(retention.HoursUntil));
        yield return connection =>
        {
            foreach (var table in Visits.Select(static visits => visits.Table).Concat(["totals", "totals_fresh", "daily", "pairs"]))
                DuckDbDatabase.Execute(connection, $"DELETE FROM {table} WHERE minute < ?", Midnight(retention.DaysUntil));
        };
        yield return connection =>
        {
            DuckDbDatabase.Execute(connection, "DELETE FROM seen WHERE day < ?", today - DaysWithVisitors);
            DuckDbDatabase.Execute(connection, "DELETE FROM salts WHERE day < ?", today - DaysWithVisitors);
        };
    }

    /// <summary>Takes a link's visits out of the totals and pairs, then out of the tables.</summary>
    public static void Erase(DuckDBConnection connection, uint link, DateTimeOffset before)
    {
        var end = before.ToUnixTimeSeconds() / 60;
        DuckDbDatabase.Execute(connection, $"""
            CREATE OR REPLACE TEMP TABLE erased AS
            {string.Join(" UNION ALL ", Visits.Select(visits => $"SELECT *, {visits.Grain > 1} AS folded FROM {visits.Table} WHERE link = {link} AND minute + {visits.Grain} <= {end}"))}
            """);
        Subtract(connection, TotalsBatch.All, "0");
        Subtract(connection, (byte)ClickDimension.Link, "link", "link_visitors");
        foreach (var dimension in DuckDbSchema.Dimensions) Subtract(connection, (byte)dimension, DuckDbSchema.Column(dimension));
        AddPairs(connection, "erased", "-", "folded");
        foreach (var (table, grain) in Visits) DuckDbDatabase.Execute(connection, $"DELETE FROM {table} WHERE link = ? AND minute + {grain} <= ?", link, end);
        DuckDbDatabase.Execute(connection, "DROP TABLE erased");
        if (HasVisits(connection, link)) return;

        // Sums of nothing would tell that the link was there.
        foreach (var table in new[] { "totals", "totals_fresh", "daily" })
            DuckDbDatabase.Execute(connection, $"DELETE FROM {table} WHERE dimension = {(byte)ClickDimension.Link} AND value = ?", link);

        // The number stays taken: hashes of today's visitors were made with it.
        DuckDbDatabase.Execute(connection, "UPDATE links SET code = '' WHERE id = ?", link);
    }

    private static bool HasVisits(DuckDBConnection connection, uint link)
    {
        using var command = DuckDbDatabase.Command(connection, $"SELECT {string.Join(" OR ", Visits.Select(visits => $"EXISTS (FROM {visits.Table} WHERE link = {link})"))}");
        return (bool)command.ExecuteScalar()!;
    }

    /// <summary>Adds visits to the pairs of their days, or takes them out again.</summary>
    private static void AddPairs(DuckDBConnection connection, string from, string sign, string where, params ReadOnlySpan<object> parameters)
    {
        foreach (var (lower, higher) in DuckDbSchema.Pairs)
        {
            DuckDbDatabase.Execute(connection, $"""
                INSERT INTO pairs
                SELECT minute - minute % {MinutesPerDay}, kind, {(byte)lower}, {DuckDbSchema.Column(lower)}, {(byte)higher}, {DuckDbSchema.Column(higher)},
                    {sign}sum(clicks), {sign}sum(humans), {sign}sum(site_visitors)
                FROM {from} WHERE {where} GROUP BY ALL ORDER BY 1, 4
                """, parameters);
        }
    }

    private static void Fold(DuckDBConnection connection, string from, string to, long grain, long until)
    {
        DuckDbDatabase.Execute(connection, $"""
            INSERT INTO {to}
            SELECT minute - minute % {grain}, link, kind, {DuckDbSchema.DimensionColumns}, sum(clicks), sum(humans), sum(link_visitors), sum(site_visitors)
            FROM {from} WHERE minute < ?
            GROUP BY ALL ORDER BY min(minute) // {MinutesPerDay}, link, 1
            """, until);
        DuckDbDatabase.Execute(connection, $"DELETE FROM {from} WHERE minute < ?", until);
    }

    /// <summary>What batches appended becomes one row per key once its day is over; hours become days together with the visits they were counted from.</summary>
    private static void FoldTotals(DuckDBConnection connection, long settled, long daysUntil)
    {
        const string columns = "kind, dimension, value, sum(clicks), sum(humans), sum(visitors)";
        DuckDbDatabase.Execute(connection, $"""
            INSERT INTO totals SELECT minute, {columns} FROM totals_fresh WHERE minute < ?
            GROUP BY ALL ORDER BY min(minute) // {MinutesPerDay}, dimension, value
            """, settled);
        DuckDbDatabase.Execute(connection, $"""
            INSERT INTO daily SELECT minute - minute % {MinutesPerDay}, {columns} FROM totals_fresh WHERE minute < ?
            GROUP BY ALL ORDER BY 1, dimension, value
            """, settled);
        DuckDbDatabase.Execute(connection, "DELETE FROM totals_fresh WHERE minute < ?", settled);
        DuckDbDatabase.Execute(connection, $"""
            INSERT INTO totals SELECT minute - minute % {MinutesPerDay}, {columns} FROM totals WHERE minute < ? AND minute % {MinutesPerDay} <> 0
            GROUP BY ALL ORDER BY 1, dimension, value
            """, daysUntil);
        DuckDbDatabase.Execute(connection, $"DELETE FROM totals WHERE minute < ? AND minute % {MinutesPerDay} <> 0", daysUntil);
    }

    private static void Subtract(DuckDBConnection connection, byte dimension, string value, string visitors = "site_visitors") =>
        DuckDbDatabase.Execute(connection, $"""
            INSERT INTO totals_fresh
            SELECT minute - minute % 60, kind, {dimension}, {value}, -sum(clicks), -sum(humans), -sum({visitors})
            FROM erased GROUP BY 1, 2, 4
            """);

    private static long Midnight(DateTimeOffset bound) => Math.Max(0, bound.ToUnixTimeSeconds() / 86_400 * MinutesPerDay);
}
