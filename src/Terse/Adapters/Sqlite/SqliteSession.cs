using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Terse.Adapters.Sqlite;

/// <summary>One open connection and the statements prepared on it. One user at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;

    // Statements are literals, so the same text is the same object: comparing references saves hashing the SQL at every use.
    private readonly Dictionary<object, SqliteStatement> _statements = new(ReferenceEqualityComparer.Instance);

    private SqliteSession(SqliteConnection connection) => _connection = connection;

    private sqlite3 Handle => _connection.Handle!;

    public static SqliteSession Open(string path, TimeSpan busyTimeout)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = Math.Max(1, (int)busyTimeout.TotalSeconds),
        }.ToString());
        try
        {
            connection.Open();
            _ = raw.sqlite3_busy_timeout(connection.Handle, (int)busyTimeout.TotalMilliseconds);
            return new SqliteSession(connection);
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw SqliteFault.Explain(exception);
        }
    }

    /// <summary>The prepared statement for <paramref name="sql"/>, which must be a literal.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement)) return statement;
        return _statements[sql] = new SqliteStatement(Handle, sql);
    }

    /// <summary>Runs statements that are needed once: pragmas, migrations.</summary>
    public void Script(string sql) => SqliteFault.Check(Handle, raw.sqlite3_exec(Handle, sql));

    /// <summary>Runs <paramref name="work"/> in one write transaction: all of it is on disk when this returns, or none of it happened.</summary>
    public T InTransaction<T>(Func<SqliteSession, T> work)
    {
        Prepare("BEGIN IMMEDIATE").Execute();
        try
        {
            var result = work(this);
            Prepare("COMMIT").Execute();
            return result;
        }
        catch
        {
            // A full disk may have ended the transaction already.
            if (raw.sqlite3_get_autocommit(Handle) == 0) Prepare("ROLLBACK").Execute();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _connection.Dispose();
    }
}
