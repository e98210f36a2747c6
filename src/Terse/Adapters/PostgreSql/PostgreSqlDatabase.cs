using Microsoft.Extensions.Options;
using Npgsql;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// The primary and its connections, which all stores in PostgreSQL share. The first use brings the schema up to this program. Statements have
/// positional parameters ($1, $2, …); a call is one round trip. Any method throws <see cref="Links.StoreUnavailableException"/> when PostgreSQL cannot do it now.
/// </summary>
internal sealed class PostgreSqlDatabase : IAsyncDisposable
{
    private const int Attempts = 5;
    private readonly NpgsqlDataSource _primary;
    private readonly PostgreSqlMigrations _migrations;

    public PostgreSqlDatabase(IOptions<PostgreSqlOptions> options, ILogger<PostgreSqlDatabase> log)
    {
        _primary = PostgreSqlDataSources.Primary(options.Value);
        _migrations = new PostgreSqlMigrations(log);
        KeepThreads(options.Value.MaxConnections + options.Value.MaxReadConnections);
    }

    /// <summary>Runs one statement and returns how many rows it changed.</summary>
    public ValueTask<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] parameters) => RunAsync(
        async connection =>
        {
            await using var command = connection.Prepare(sql, parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>Runs one statement, and reads the rows that it returns.</summary>
    public ValueTask<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] parameters) =>
        RunAsync(connection => connection.QueryAsync(sql, read, cancellationToken, parameters), cancellationToken);

    /// <summary>
    /// The first row that the statement returns, or default. <paramref name="cancellationToken"/> ends the wait for a connection and not the statement: to cancel
    /// one is a synchronous call of the driver, dearer than a row, and over a silent network it holds up whoever cancels.
    /// </summary>
    public async ValueTask<T?> FirstAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] parameters) =>
        await RunAsync(connection => connection.QueryAsync(sql, read, CancellationToken.None, parameters), cancellationToken) is [var first, ..] ? first : default;

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction, committed when it returns. It may run again after PostgreSQL has rolled it back over a
    /// deadlock: it must keep what it learns in its result only.
    /// </summary>
    public ValueTask<T> InTransactionAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) => RunAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var result = await work(connection);
            await transaction.CommitAsync(cancellationToken);
            return result;
        },
        cancellationToken);

    /// <summary>Runs <paramref name="work"/> on a connection of its own: a batch, COPY, or LISTEN. As for transactions, it may run again.</summary>
    public async ValueTask<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (!_migrations.Applied) await _migrations.ApplyAsync(_primary, cancellationToken);
                await using var connection = await _primary.OpenConnectionAsync(cancellationToken);
                return await work(connection);
            }
            catch (Exception e) when (attempt < Attempts && PostgreSqlFault.IsContention(e))
            {
            }
            catch (Exception e) when (PostgreSqlFault.Explain(e) is { } unavailable)
            {
                throw unavailable;
            }
        }
    }

    public ValueTask DisposeAsync() => _primary.DisposeAsync();

    /// <summary>
    /// The driver gives up on a statement synchronously, by a connection of its own: where the network is silent, a thread of the pool stands still for
    /// each. The pool grows by about one thread a second beyond its minimum, and all else in the process would wait for it.
    /// </summary>
    private static void KeepThreads(int connections)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + connections), completions);
    }
}
