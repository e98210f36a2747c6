using Microsoft.Extensions.Options;
using Terse.Adapters.DuckDb;
using Terse.Clicks;
using Terse.Tests.Contracts;

namespace Terse.Tests.Adapters.DuckDb;

public sealed class DuckDbClickStoreTests : ClickStoreContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("terse-duckdb-").FullName;
    private DuckDbDatabase? _database;

    public override ValueTask DisposeAsync()
    {
        _database?.Dispose();
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private protected override ValueTask<IClickStore> OpenAsync()
    {
        var options = Options.Create(new DuckDbOptions { DataDirectory = _directory });
        _database = new DuckDbDatabase(options);
        return ValueTask.FromResult<IClickStore>(new DuckDbClickStore(_database, options));
    }

    private protected override ValueTask<IClickStore> ReopenAsync()
    {
        _database!.Dispose();
        return OpenAsync();
    }
}
