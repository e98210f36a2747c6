using System.Globalization;
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

    [Theory]
    [InlineData(100)]
    [InlineData(null)]
    public void The_engine_may_use_the_memory_that_was_set_or_a_quarter_of_the_machine_s(int? mebibytes)
    {
        using var database = new DuckDbDatabase(Options.Create(new DuckDbOptions { DataDirectory = _directory, MemoryMiB = mebibytes }));

        var limit = database.Load(static connection =>
        {
            using var command = DuckDbDatabase.Command(connection, "SELECT current_setting('memory_limit')");
            return ((string)command.ExecuteScalar()!).Split(' ');
        });

        // It is told with one decimal.
        var expected = mebibytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 / (1 << 20);
        Assert.Equal(expected, double.Parse(limit[0], CultureInfo.InvariantCulture) * (limit[1] == "GiB" ? 1024 : 1), 0.02 * expected);
    }

    [Fact]
    public async Task A_file_of_an_earlier_build_takes_days_that_32_bits_do_not_hold()
    {
        _database!.Load(static connection =>
        {
            foreach (var table in new[] { "totals", "daily", "pairs" }) DuckDbDatabase.Execute(connection, DuckDbSchema.Widen(table).Replace("BIGINT", "INTEGER", StringComparison.Ordinal));
            return 0;
        });
        Store = await ReopenAsync();

        await A_day_may_have_more_clicks_than_32_bits_hold();
    }

    private protected override ValueTask<IClickStore> OpenAsync()
    {
        var options = Options.Create(new DuckDbOptions { DataDirectory = _directory });
        _database = new DuckDbDatabase(options);
        return ValueTask.FromResult<IClickStore>(new DuckDbClickStore(_database, options));
    }

    private protected override ValueTask AddTotalAsync(DateTimeOffset hour, int clicks)
    {
        _database!.Load(connection =>
        {
            DuckDbDatabase.Execute(connection, "INSERT INTO totals_fresh VALUES (?, ?, 0, 0, ?, 0, 0)", hour.ToUnixTimeSeconds() / 60, (byte)ClickKind.Redirected, clicks);
            return 0;
        });
        return ValueTask.CompletedTask;
    }

    private protected override ValueTask<IClickStore> ReopenAsync()
    {
        _database!.Dispose();
        return OpenAsync();
    }
}
