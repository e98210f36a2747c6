using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Terse.Adapters.PostgreSql;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.PostgreSql;

/// <summary>A database of one test on the shared server, and what was opened on it, each as another node would open it.</summary>
internal sealed class PostgreSqlDatabases : IAsyncDisposable
{
    private readonly List<PostgreSqlDatabase> _opened = [];
    private string? _connectionString;

    public async ValueTask<PostgreSqlDatabase> OpenAsync()
    {
        _connectionString ??= await (await PostgreSqlServer.SharedAsync()).CreateDatabaseAsync();
        var database = new PostgreSqlDatabase(
            Options.Create(new PostgreSqlOptions { ConnectionString = _connectionString, MaxConnections = 16 }), NullLogger<PostgreSqlDatabase>.Instance);
        _opened.Add(database);
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _opened) await database.DisposeAsync();
    }
}
