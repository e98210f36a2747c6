using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Terse.Adapters.PostgreSql;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.PostgreSql;

/// <summary>A database of one test on the shared server, and what was opened on it, each as another node would open it.</summary>
internal sealed class PostgreSqlDatabases : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _opened = [];
    private string? _connectionString;

    public async ValueTask<PostgreSqlDatabase> OpenAsync() => (await OpenNodeAsync()).Database;

    public async ValueTask<(PostgreSqlDatabase Database, PostgreSqlReplicas Replicas, PostgreSqlLinkStore Links)> OpenNodeAsync()
    {
        _connectionString ??= await (await PostgreSqlServer.SharedAsync()).CreateDatabaseAsync();
        return Open(new PostgreSqlOptions { ConnectionString = _connectionString, MaxConnections = 16 }, TimeProvider.System);
    }

    public (PostgreSqlDatabase Database, PostgreSqlReplicas Replicas, PostgreSqlLinkStore Links) Open(PostgreSqlOptions options, TimeProvider time)
    {
        var database = new PostgreSqlDatabase(Options.Create(options), NullLogger<PostgreSqlDatabase>.Instance);
        var replicas = new PostgreSqlReplicas(database, Options.Create(options), time, NullLogger<PostgreSqlReplicas>.Instance);
        var writer = new LinkWriter(database);
        _opened.AddRange(writer, replicas, database);
        return (database, replicas, new PostgreSqlLinkStore(database, writer, replicas, time));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var opened in _opened) await opened.DisposeAsync();
    }
}
