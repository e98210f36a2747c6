using System.Collections.Concurrent;
using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.Extensions.Options;
using Terse.Links;

namespace Terse.Adapters.DuckDb;

/// <summary>
/// The file <c>clicks.duckdb</c>: opened when constructed, written by one caller at a time, read by a few. A commit syncs the engine's log before it returns.
/// The engine works on the calling thread, so the number of queries at once is also the number of pool threads that they can hold.
/// </summary>
internal sealed class DuckDbDatabase : IDisposable
{
    private const long LeastShare = 256;

    private readonly string _connectionString;
    private readonly DuckDBConnection _writer;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly SemaphoreSlim _reading;
    private readonly ConcurrentBag<DuckDBConnection> _readers = [];

    public DuckDbDatabase(IOptions<DuckDbOptions> options)
    {
        var directory = Path.GetFullPath(options.Value.DataDirectory);
        CreateDirectory(directory);
        _reading = new SemaphoreSlim(options.Value.ConcurrentQueries);
        _connectionString = $"Data Source={Path.Combine(directory, "clicks.duckdb")}";
        _writer = Open();
        try
        {
            var threads = options.Value.Threads == 0 ? Environment.ProcessorCount : options.Value.Threads;
            Execute(_writer, string.Create(CultureInfo.InvariantCulture, $"SET memory_limit = '{options.Value.MemoryMiB ?? ShareOfMemory()}MiB'; SET threads = {threads}; SET preserve_insertion_order = true;"));
            Execute(_writer, DuckDbSchema.Create);
            foreach (var table in NarrowTables(_writer)) Execute(_writer, DuckDbSchema.Widen(table));
        }
        catch
        {
            _writer.Dispose();
            throw;
        }
    }

    /// <summary>Reads before anything is written: at start.</summary>
    public T Load<T>(Func<DuckDBConnection, T> load) => load(_writer);

    /// <summary>Runs <paramref name="work"/> in a transaction of its own, after those before it; what throws is rolled back.</summary>
    /// <param name="committed">Called when it was committed, before the next write.</param>
    /// <param name="rolledBack">Called when it was not.</param>
    public async ValueTask<T> WriteAsync<T>(
        Func<DuckDBConnection, T> work, CancellationToken cancellationToken, Action? committed = null, Action<DuckDBConnection>? rolledBack = null)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var result = InTransaction(_writer, work, rolledBack);
            committed?.Invoke();
            return result;
        }
        catch (DuckDBException exception)
        {
            throw Explain(exception);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Folds the engine's log into the file and gives back the blocks of rows that are gone. Left for the next time when queries are in its way.</summary>
    public async ValueTask CompactAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            Execute(_writer, "CHECKPOINT");
        }
        catch (DuckDBException)
        {
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>
    /// Reads what was committed before, all of it in one snapshot; a query that is cancelled is interrupted. The snapshot must be open before a statement is
    /// prepared: a plan leaves out tables that were empty when it was made, and without one it could run after rows had moved into them.
    /// </summary>
    public async ValueTask<T> ReadAsync<T>(Func<DuckDBConnection, T> read, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        if (!_readers.TryTake(out var connection)) connection = Open();
        try
        {
            return InTransaction(connection, read, null);
        }
        catch (DuckDBException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Explain(exception);
        }
        finally
        {
            _readers.Add(connection);
            _reading.Release();
        }
    }

    public static void Execute(DuckDBConnection connection, string sql, params ReadOnlySpan<object> parameters)
    {
        using var command = Command(connection, sql, parameters);
        command.ExecuteNonQuery();
    }

    public static DuckDBCommand Command(DuckDBConnection connection, string sql, params ReadOnlySpan<object> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var parameter in parameters) command.Parameters.Add(new DuckDBParameter(parameter));
        return command;
    }

    /// <summary>Puts values into a temporary table, to join with: a parameter of so many costs more than the question.</summary>
    public static void Fill<T>(DuckDBConnection connection, string table, string columns, IEnumerable<T> values, Action<IDuckDBAppenderRow, T> append)
    {
        Execute(connection, $"CREATE OR REPLACE TEMP TABLE {table} ({columns})");
        using var appender = connection.CreateAppender(table);
        foreach (var value in values)
        {
            var row = appender.CreateRow();
            append(row, value);
            row.EndRow();
        }
    }

    public void Dispose()
    {
        while (_readers.TryTake(out var reader)) reader.Dispose();
        _writer.Dispose();
        _writing.Dispose();
        _reading.Dispose();
    }

    private static List<string> NarrowTables(DuckDBConnection connection)
    {
        using var command = Command(connection, DuckDbSchema.Narrow);
        using var reader = command.ExecuteReader();
        List<string> tables = [];
        while (reader.Read()) tables.Add(reader.GetString(0));
        return tables;
    }

    private static T InTransaction<T>(DuckDBConnection connection, Func<DuckDBConnection, T> work, Action<DuckDBConnection>? rolledBack)
    {
        Execute(connection, "BEGIN");
        try
        {
            var result = work(connection);
            Execute(connection, "COMMIT");
            return result;
        }
        catch
        {
            TryRollBack(connection);
            rolledBack?.Invoke(connection);
            throw;
        }
    }

    /// <summary>A failed commit has ended the transaction already; the failure that brought us here is the one to tell of.</summary>
    private static void TryRollBack(DuckDBConnection connection)
    {
        try
        {
            Execute(connection, "ROLLBACK");
        }
        catch (DuckDBException)
        {
        }
    }

    private static long ShareOfMemory() => Math.Max(LeastShare, (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20) / 4);

    private DuckDBConnection Open()
    {
        var connection = new DuckDBConnection(_connectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch (DuckDBException exception)
        {
            connection.Dispose();
            throw Explain(exception);
        }
    }

    private static StoreUnavailableException Explain(DuckDBException exception) =>
        new($"The click store cannot go on: {exception.Message}", exception);

    private static void CreateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
