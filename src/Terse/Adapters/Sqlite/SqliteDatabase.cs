using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>
/// The file <c>terse.db</c>: opened and migrated when constructed, written by one thread, read by any. Another process may use it at the same time.
/// It holds the code key and hashes of API keys, so it is made readable by its owner only.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly SqliteOptions _options;
    private readonly string _path;
    private readonly SqliteWriter _writer;
    private readonly ConcurrentBag<SqliteSession> _readers = [];

    public SqliteDatabase(IOptions<SqliteOptions> options)
    {
        _options = options.Value;
        _path = Path.Combine(Path.GetFullPath(_options.DataDirectory), "terse.db");
        try
        {
            CreateFile();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The data directory cannot be used: {exception.Message}", exception);
        }

        var session = SqliteSession.Open(_path, _options.BusyTimeout);
        try
        {
            // FULL syncs the log at every commit: an answered write survives power loss.
            session.Script($"""
                PRAGMA page_size = 8192;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = -{_options.WriterCacheMiB * 1024};
                PRAGMA wal_autocheckpoint = {_options.CheckpointPages};
                """);
            SqliteMigrations.Apply(session);
        }
        catch
        {
            session.Dispose();
            throw;
        }

        _writer = new SqliteWriter(session, _options);
    }

    /// <inheritdoc cref="SqliteWriter.RunAsync"/>
    public ValueTask<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken, int rows = 1) =>
        _writer.RunAsync(work, rows, cancellationToken);

    /// <summary>Reads on the calling thread, everything that was committed before. There are as many connections as threads ever read at once.</summary>
    public TResult Read<TState, TResult>(TState state, Func<SqliteSession, TState, TResult> read)
    {
        if (!_readers.TryTake(out var session)) session = OpenReader();
        try
        {
            return read(session, state);
        }
        finally
        {
            _readers.Add(session);
        }
    }

    /// <summary>Finishes the writes in line, then closes. The last connection to close folds the log into the file.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        while (_readers.TryTake(out var reader)) reader.Dispose();
    }

    private SqliteSession OpenReader()
    {
        var session = SqliteSession.Open(_path, _options.BusyTimeout);
        session.Script($"""
            PRAGMA query_only = ON;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -4096;
            PRAGMA mmap_size = {_options.MemoryMapMiB * 1024L * 1024};
            """);
        return session;
    }

    /// <remarks>Only a missing file is touched: closing any descriptor of a database file drops the locks that this process holds on it.</remarks>
    private void CreateFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        if (File.Exists(_path)) return;
        try
        {
            new FileStream(_path, options).Dispose();
        }
        catch (IOException) when (File.Exists(_path))
        {
            // Another process made it a moment before.
        }
    }
}
