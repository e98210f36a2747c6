using Npgsql;
using NpgsqlTypes;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// Statements with positional parameters, and the types that every store needs of rows. A null is given as its <see cref="NpgsqlDbType"/>, so that
/// a statement has the same types whatever its values, and the connection keeps one prepared form of it.
/// </summary>
internal static class PostgreSqlCommands
{
    public static NpgsqlCommand Prepare(this NpgsqlConnection connection, string sql, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddValues(parameters);
        return command;
    }

    public static void AddValues(this NpgsqlParameterCollection collection, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            collection.Add(value switch
            {
                NpgsqlDbType type => new NpgsqlParameter { NpgsqlDbType = type, Value = DBNull.Value },
                DateTimeOffset instant => new NpgsqlParameter { Value = instant.ToUniversalTime() },
                _ => new NpgsqlParameter { Value = value ?? throw new ArgumentNullException(nameof(values), "Give a null as its NpgsqlDbType.") },
            });
        }
    }

    public static async Task<List<T>> QueryAsync<T>(
        this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = connection.Prepare(sql, parameters);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var result = new List<T>();
        while (await rows.ReadAsync(cancellationToken)) result.Add(read(rows));
        return result;
    }

    public static DateTimeOffset Instant(this NpgsqlDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);

    public static DateTimeOffset? InstantOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Instant(column);

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? LongOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
