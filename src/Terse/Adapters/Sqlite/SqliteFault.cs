using Microsoft.Data.Sqlite;
using SQLitePCL;
using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>Turns the engine's result codes into exceptions: what the surroundings cause is ours, what a wrong statement causes stays the driver's.</summary>
internal static class SqliteFault
{
    public static void Check(sqlite3 db, int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE)) throw From(db, result);
    }

    public static Exception From(sqlite3 db, int result)
    {
        var extended = raw.sqlite3_extended_errcode(db);
        return Explain(new SqliteException(raw.sqlite3_errmsg(db).utf8_to_string(), result & 0xff, extended));
    }

    public static Exception Explain(SqliteException exception) => Cause(exception.SqliteErrorCode) is { } cause
        ? new StoreUnavailableException($"The SQLite store {cause} ({exception.Message}, code {exception.SqliteExtendedErrorCode}).", exception)
        : exception;

    private static string? Cause(int code) => code switch
    {
        raw.SQLITE_FULL => "has no room left: free space on the disk of the data directory",
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH => "may not write: check the owner and the mount of the data directory",
        raw.SQLITE_CANTOPEN => "cannot open its file: check that the data directory exists and may be written",
        raw.SQLITE_IOERR or raw.SQLITE_PROTOCOL => "got an error from the disk",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "is locked by another process",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "is damaged: stop and restore a backup",
        raw.SQLITE_NOMEM => "has no memory",
        _ => null,
    };
}
