using Microsoft.Extensions.Options;
using Terse.Adapters.Sqlite;

namespace Terse.Tests.Adapters.Sqlite;

/// <summary>A data directory of one test, and the databases opened on it, each as another process would open it.</summary>
internal sealed class SqliteFiles : IDisposable
{
    private readonly List<SqliteDatabase> _opened = [];

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("terse-sqlite-").FullName;

    public string DatabasePath => Path.Combine(Directory, "terse.db");

    public SqliteDatabase Open(Action<SqliteOptions>? configure = null)
    {
        var options = new SqliteOptions { DataDirectory = Directory };
        configure?.Invoke(options);
        var database = new SqliteDatabase(Options.Create(options));
        lock (_opened) _opened.Add(database);
        return database;
    }

    public void Dispose()
    {
        foreach (var database in _opened) database.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
