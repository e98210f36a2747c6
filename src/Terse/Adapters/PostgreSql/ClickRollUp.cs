using Npgsql;
using Terse.Clicks;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// Folds, forgets and erases. Every step moves counts from one place to another in one transaction, so a step that was interrupted has not happened,
/// and one that is repeated, or done by two nodes at once, finds nothing to move.
/// </summary>
internal sealed class ClickRollUp(PostgreSqlDatabase database)
{
    private const int MinutesPerDay = 1440;
    private const int DaysWithVisitors = 2;

    /// <summary>The tables of visits, and how many minutes a row of each stands for.</summary>
    private static readonly (string Table, int Grain)[] Visits = [("click_minutes", 1), ("click_hours", 60), ("click_days", MinutesPerDay)];
    private static readonly string[] Totals = ["click_totals_fresh", "click_totals"];

    public async ValueTask RunAsync(DateTimeOffset now, ClickRetention retention, CancellationToken cancellationToken)
    {
        var today = (int)(now.ToUnixTimeSeconds() / 86_400);
        await FoldAsync("click_minutes", "click_hours", 60, Midnight(retention.MinutesUntil), cancellationToken);
        await FoldAsync("click_hours", "click_days", MinutesPerDay, Midnight(retention.HoursUntil), cancellationToken);
        await FoldTotalsAsync((int)(now.ToUnixTimeSeconds() / 3600 - 1) * 60, Midnight(retention.HoursUntil), cancellationToken);
        await ForgetAsync(Midnight(retention.DaysUntil), cancellationToken);
        await ExecuteAsync("DELETE FROM click_seen WHERE day < $1", cancellationToken, today - DaysWithVisitors);
        await ExecuteAsync("DELETE FROM click_salts WHERE day < $1", cancellationToken, today - DaysWithVisitors);
    }

    /// <summary>Takes a link's visits out of the tables and out of the totals. Writers wait, so that what is taken out of one is what is taken out of the other.</summary>
    public async ValueTask EraseAsync(string link, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var end = (int)Math.Clamp(before.ToUnixTimeSeconds() / 60, 0, int.MaxValue);
        await database.InTransactionAsync(
            async connection =>
            {
                await ClickPartitions.HoldAsync(connection, "click_minutes", cancellationToken);
                await HoldTotalsAsync(connection, cancellationToken);
                foreach (var (table, grain) in Visits)
                {
                    await ClickPartitions.ExecuteAsync(
                        connection,
                        $"""
                        WITH gone AS (DELETE FROM {table} WHERE link = $1 AND minute <= $2 - {grain} RETURNING {ClickSchema.VisitColumns})
                        INSERT INTO click_totals_fresh ({ClickSchema.TotalColumns})
                        SELECT minute - minute % 60, kind, key.dimension, key.value, -sum(clicks), -sum(humans), -sum(key.visitors)
                        FROM gone CROSS JOIN LATERAL (VALUES {Keys}) AS key (dimension, value, visitors)
                        GROUP BY 1, 2, 3, 4
                        """,
                        cancellationToken, link, end);
                }

                // Sums of nothing would tell that the link was there.
                foreach (var table in Totals)
                {
                    await ClickPartitions.ExecuteAsync(
                        connection,
                        $"""
                        DELETE FROM {table} WHERE dimension = {(int)ClickDimension.Link} AND value = $1
                        AND NOT EXISTS ({string.Join(" UNION ALL ", Visits.Select(static visits => $"SELECT 1 FROM {visits.Table} WHERE link = $1"))})
                        """,
                        cancellationToken, link);
                }
                return 0;
            },
            cancellationToken);
    }

    /// <summary>Dimension, value and visitors of each total that a visit is part of.</summary>
    private static string Keys => string.Join(", ", ClickSchema.Dimensions
        .Select(static dimension => $"({(int)dimension}, {ClickSchema.Column(dimension)}, site_visitors)")
        .Prepend($"({(int)ClickDimension.Link}, link, link_visitors)")
        .Prepend("(0, '', site_visitors)"));

    /// <summary>Keeps whoever moves totals, or erases them, off until the transaction ends: a total on its way from one row to another would be missed. Writers go on.</summary>
    private static Task<int> HoldTotalsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ClickPartitions.ExecuteAsync(connection, "LOCK TABLE ONLY click_totals IN SHARE UPDATE EXCLUSIVE MODE", cancellationToken);

    /// <summary>Folds whole partitions of a day each, and drops them: what deletes of so many rows would leave behind is not there.</summary>
    private async ValueTask FoldAsync(string from, string to, int grain, int until, CancellationToken cancellationToken)
    {
        foreach (var partition in await BeforeAsync(from, until, cancellationToken))
        {
            await database.InTransactionAsync(
                async connection =>
                {
                    await ClickPartitions.HoldAsync(connection, from, cancellationToken);
                    if (!(await ClickPartitions.ListAsync(connection, from, cancellationToken)).Contains(partition)) return 0;
                    await ClickPartitions.OpenAsync(connection, to, [partition.From], cancellationToken);
                    return await ClickPartitions.ExecuteAsync(
                        connection,
                        $"""
                        INSERT INTO {to} ({ClickSchema.VisitColumns})
                        SELECT minute - minute % {grain}, link, kind, {ClickSchema.DimensionColumns}, sum(clicks), sum(humans), sum(link_visitors), sum(site_visitors)
                        FROM {partition.Name} GROUP BY minute - minute % {grain}, link, kind, {ClickSchema.DimensionColumns} ORDER BY 2, 1;
                        DROP TABLE {partition.Name};
                        """,
                        cancellationToken);
                },
                cancellationToken);
        }
    }

    /// <summary>What workers appended becomes one row per key once its hour is over; hours become days together with the visits they were counted from.</summary>
    private async ValueTask FoldTotalsAsync(int settled, int daysUntil, CancellationToken cancellationToken)
    {
        await MoveAsync("click_totals_fresh", "minute < $1", "minute", settled);
        await MoveAsync("click_totals", $"minute < $1 AND minute % {MinutesPerDay} <> 0", $"minute - minute % {MinutesPerDay}", daysUntil);

        ValueTask<int> MoveAsync(string from, string where, string minute, int until) => database.InTransactionAsync(
            async connection =>
            {
                await HoldTotalsAsync(connection, cancellationToken);
                return await ClickPartitions.ExecuteAsync(
                    connection,
                    $"""
                    WITH moved AS (DELETE FROM {from} WHERE {where} RETURNING {ClickSchema.TotalColumns})
                    INSERT INTO click_totals ({ClickSchema.TotalColumns})
                    SELECT {minute}, kind, dimension, value, sum(clicks), sum(humans), sum(visitors) FROM moved
                    GROUP BY 1, 2, 3, 4 ORDER BY dimension, 1, value
                    """,
                    cancellationToken, until);
            },
            cancellationToken);
    }

    private async ValueTask ForgetAsync(int until, CancellationToken cancellationToken)
    {
        foreach (var (table, _) in Visits)
        {
            foreach (var partition in await BeforeAsync(table, until, cancellationToken)) await ExecuteAsync($"DROP TABLE IF EXISTS {partition.Name}", cancellationToken);
            await ExecuteAsync($"DELETE FROM {table} WHERE minute < $1", cancellationToken, until);
        }
        await ExecuteAsync("DELETE FROM click_totals WHERE minute < $1", cancellationToken, until);
        await ExecuteAsync("DELETE FROM click_totals_fresh WHERE minute < $1", cancellationToken, until);
    }

    /// <summary>The partitions that lie before <paramref name="until"/> altogether.</summary>
    private async ValueTask<IEnumerable<ClickPartition>> BeforeAsync(string table, int until, CancellationToken cancellationToken) =>
        (await database.RunAsync(connection => ClickPartitions.ListAsync(connection, table, cancellationToken), cancellationToken)).Where(partition => partition.To <= until);

    private ValueTask<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] parameters) =>
        database.RunAsync(connection => ClickPartitions.ExecuteAsync(connection, sql, cancellationToken, parameters), cancellationToken);

    private static int Midnight(DateTimeOffset bound) => (int)Math.Clamp(bound.ToUnixTimeSeconds() / 86_400 * MinutesPerDay, 0, int.MaxValue);
}
