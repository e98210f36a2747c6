using System.Globalization;
using Npgsql;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// The partitions of visits: a day each, of <c>click_days</c> a month each. Made when the first visit of their time comes, by attaching a table, which
/// disturbs neither readers nor writers; dropped when their visits were folded. Whoever writes holds the parent open first, so that none is dropped meanwhile.
/// </summary>
internal static class ClickPartitions
{
    private const int MinutesPerDay = 1440;

    /// <summary>Keeps others from folding the table away until the transaction ends, and makes the partitions for these minutes where there are none.</summary>
    public static async Task OpenAsync(NpgsqlConnection connection, string table, IEnumerable<int> minutes, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, $"LOCK TABLE ONLY {table} IN ROW EXCLUSIVE MODE", cancellationToken);
        var needed = minutes.Select(static minute => minute / MinutesPerDay).Distinct().Select(day => OfMinute(table, day * MinutesPerDay)).Distinct().ToArray();
        if ((await ListAsync(connection, table, cancellationToken)) is var there && needed.All(there.Contains)) return;

        await ExecuteAsync(connection, $"LOCK TABLE ONLY {table} IN SHARE UPDATE EXCLUSIVE MODE", cancellationToken);
        foreach (var partition in needed.Except(await ListAsync(connection, table, cancellationToken)))
        {
            await ExecuteAsync(
                connection,
                string.Create(CultureInfo.InvariantCulture, $"""
                    CREATE TABLE {partition.Name} (LIKE {table} INCLUDING ALL);
                    ALTER TABLE {table} ATTACH PARTITION {partition.Name} FOR VALUES FROM ({partition.From}) TO ({partition.To});
                    """),
                cancellationToken);
        }
    }

    /// <summary>Keeps writers, other folders and erasures off the table until the transaction ends; readers go on.</summary>
    public static Task<int> HoldAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, $"LOCK TABLE ONLY {table} IN SHARE ROW EXCLUSIVE MODE", cancellationToken);

    /// <summary>Those that are there, the oldest first.</summary>
    public static async Task<IReadOnlyList<ClickPartition>> ListAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        var names = await connection.QueryAsync(
            "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::text::regclass",
            static row => row.GetString(0), cancellationToken, table);
        return [.. names.Select(name => Numbered(table, int.Parse(name[(table.Length + 1)..], CultureInfo.InvariantCulture))).OrderBy(static partition => partition.From)];
    }

    /// <summary>A statement that may take as long as it needs: nobody waits for its answer.</summary>
    public static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = connection.Prepare(sql, parameters);
        command.CommandTimeout = 0;
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static ClickPartition OfMinute(string table, int minute) => Numbered(table, table == "click_days" ? MonthOf(minute) : minute / MinutesPerDay);

    private static ClickPartition Numbered(string table, int number)
    {
        var (from, to) = table == "click_days" ? (StartOfMonth(number), StartOfMonth(number + 1)) : (number * MinutesPerDay, (number + 1) * MinutesPerDay);
        return new ClickPartition(string.Create(CultureInfo.InvariantCulture, $"{table}_{number}"), from, to);
    }

    private static int MonthOf(int minute)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(minute * 60L);
        return (at.Year - 1970) * 12 + at.Month - 1;
    }

    private static int StartOfMonth(int month) =>
        (int)(new DateTimeOffset(1970 + month / 12, month % 12 + 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds() / 60);
}

/// <param name="From">Its first minute.</param>
/// <param name="To">The minute after its last.</param>
internal readonly record struct ClickPartition(string Name, int From, int To);
