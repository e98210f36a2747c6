using Npgsql;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// Brings the schema up to this program: of processes that start at once one does it, the others wait. Nodes of the release before go on meanwhile,
/// so a step only adds (what is no longer used is dropped a release later), and gives up after <see cref="LockTimeout"/> rather than queue
/// everybody behind a lock; the next use tries again.
/// </summary>
internal sealed partial class PostgreSqlMigrations(ILogger log)
{
    // "terse" and a number, as the key of the advisory lock.
    private const long LockKey = 0x7465727365_01;
    private const string LockTimeout = "5s";
    private volatile bool _applied;

    public bool Applied => _applied;

    public async Task ApplyAsync(NpgsqlDataSource primary, CancellationToken cancellationToken)
    {
        // The lock is the session's, and ends with it: the connection does not go back to the pool before it is free.
        await using var connection = await primary.OpenConnectionAsync(cancellationToken);
        await ScriptAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancellationToken);
        try
        {
            await ScriptAsync(connection, "CREATE TABLE IF NOT EXISTS terse_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())", cancellationToken);
            var applied = (await connection.QueryAsync("SELECT name FROM terse_migrations", static row => row.GetString(0), cancellationToken)).ToHashSet(StringComparer.Ordinal);
            foreach (var step in PostgreSqlSchema.Steps.Where(step => !applied.Contains(step.Name)))
            {
                await ApplyAsync(connection, step, cancellationToken);
                Log.Applied(log, step.Name);
            }

            if (applied.Except(PostgreSqlSchema.Steps.Select(step => step.Name)).FirstOrDefault() is { } unknown) Log.Newer(log, unknown);
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
                await ScriptAsync(connection, $"RESET lock_timeout; SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
        }

        _applied = true;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, PostgreSqlMigration step, CancellationToken cancellationToken)
    {
        await ScriptAsync(connection, $"SET lock_timeout = '{LockTimeout}'", cancellationToken);
        if (step.Online)
        {
            // Cannot be in a transaction: each statement must be one that can be run again.
            await ScriptAsync(connection, step.Sql, cancellationToken);
            await RecordAsync(connection, step, cancellationToken);
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ScriptAsync(connection, step.Sql, cancellationToken);
        await RecordAsync(connection, step, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task RecordAsync(NpgsqlConnection connection, PostgreSqlMigration step, CancellationToken cancellationToken)
    {
        await using var record = connection.Prepare("INSERT INTO terse_migrations (name) VALUES ($1)", step.Name);
        await record.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ScriptAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // An index of a large table takes its time, and so may waiting for another node's.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1510, LogLevel.Information, "PostgreSQL: applied the migration {Name}")]
        public static partial void Applied(ILogger logger, string name);

        [LoggerMessage(1511, LogLevel.Warning, "PostgreSQL: the schema has the migration {Name} of a newer terse; this one goes on beside it")]
        public static partial void Newer(ILogger logger, string name);
    }
}

/// <param name="Name">Names the step for ever: what was applied is known by it.</param>
/// <param name="Sql">Statements, run in one transaction.</param>
/// <param name="Online">One statement that may not be in a transaction, such as CREATE INDEX CONCURRENTLY IF NOT EXISTS.</param>
internal sealed record PostgreSqlMigration(string Name, string Sql, bool Online = false);
