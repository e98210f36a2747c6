using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Terse.Adapters.Sqlite;

/// <summary>
/// A prepared statement: bound in the order of its parameters, run, and ready for the next use. It sits directly on the driver's C binding, because
/// the ADO.NET command in between costs as much as the look-up itself. One user at a time.
/// </summary>
internal sealed class SqliteStatement(sqlite3 db, string sql) : IDisposable
{
    private readonly sqlite3_stmt _handle = Prepare(db, sql);
    private int _bound;

    public SqliteStatement Bind(long? value)
    {
        var result = value is { } number
            ? raw.sqlite3_bind_int64(_handle, ++_bound, number)
            : raw.sqlite3_bind_null(_handle, ++_bound);
        SqliteFault.Check(db, result);
        return this;
    }

    public SqliteStatement Bind(DateTimeOffset? value) => Bind(value?.ToUnixTimeMilliseconds());

    public SqliteStatement Bind(bool value) => Bind(value ? 1L : 0L);

    public SqliteStatement Bind(string? value)
    {
        if (value is null) return Bind((long?)null);

        // The binding takes an empty span for NULL, and an empty string for itself.
        if (value.Length == 0)
        {
            SqliteFault.Check(db, raw.sqlite3_bind_text(_handle, ++_bound, value));
            return this;
        }

        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        var buffer = size <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(size);
        var length = Encoding.UTF8.GetBytes(value, buffer);
        var result = raw.sqlite3_bind_text(_handle, ++_bound, buffer[..length]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        SqliteFault.Check(db, result);
        return this;
    }

    public SqliteStatement Bind(byte[] value)
    {
        SqliteFault.Check(db, raw.sqlite3_bind_blob(_handle, ++_bound, value));
        return this;
    }

    /// <summary>Runs the statement to its end and returns how many rows it changed.</summary>
    public int Execute()
    {
        while (Step()) { }
        return raw.sqlite3_changes(db);
    }

    /// <summary>The first row, or default when there is none.</summary>
    public T? First<T>(Func<SqliteStatement, T> read)
    {
        if (!Step()) return default;
        try
        {
            return read(this);
        }
        finally
        {
            Reset();
        }
    }

    public List<T> All<T>(Func<SqliteStatement, T> read)
    {
        var rows = new List<T>();
        try
        {
            while (Step()) rows.Add(read(this));
        }
        finally
        {
            Reset();
        }

        return rows;
    }

    public long Long(int column) => raw.sqlite3_column_int64(_handle, column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public bool Bool(int column) => Long(column) != 0;

    public DateTimeOffset Instant(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Long(column));

    public DateTimeOffset? InstantOrNull(int column) => IsNull(column) ? null : Instant(column);

    /// <remarks>Read as a blob, so that a text with a zero character comes back whole.</remarks>
    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(_handle, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[] Blob(int column) => raw.sqlite3_column_blob(_handle, column).ToArray();

    public void Dispose() => _handle.Dispose();

    private bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    private bool Step()
    {
        var result = raw.sqlite3_step(_handle);
        if (result == raw.SQLITE_ROW) return true;

        var fault = result == raw.SQLITE_DONE ? null : SqliteFault.From(db, result);
        Reset();
        return fault is null ? false : throw fault;
    }

    private void Reset()
    {
        _bound = 0;
        _ = raw.sqlite3_reset(_handle); // repeats the error of the step before, which was thrown already
    }

    private static sqlite3_stmt Prepare(sqlite3 db, string sql)
    {
        SqliteFault.Check(db, raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
        return handle;
    }
}
