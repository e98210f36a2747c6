using Terse.Adapters.PostgreSql;
using Terse.Clicks;
using Terse.Codes;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Adapters.PostgreSql;

[NeedsServers]
public sealed class PostgreSqlClickStoreTests : ClickStoreContract
{
    private readonly PostgreSqlDatabases _databases = new();

    public override ValueTask DisposeAsync() => _databases.DisposeAsync();

    private protected override async ValueTask<IClickStore> OpenAsync() => new PostgreSqlClickStore(await _databases.OpenAsync());

    private protected override async ValueTask AddTotalAsync(DateTimeOffset hour, int clicks) => await (await _databases.OpenAsync()).RunAsync(
        connection => ClickPartitions.ExecuteAsync(
            connection, "INSERT INTO click_totals_fresh VALUES ($1, $2, 0, '', $3, 0, 0)", Cancellation, (int)(hour.ToUnixTimeSeconds() / 60), (short)ClickKind.Redirected, clicks),
        Cancellation);

    private protected override ValueTask<IClickStore> ReopenAsync() => OpenAsync();

    [Fact]
    public async Task Nodes_that_write_and_fold_the_same_days_at_once_lose_nothing()
    {
        IClickStore[] nodes = [Store, await OpenAsync(), await OpenAsync()];
        var retention = new ClickRetention(AClick.At.AddDays(6), AClick.At.AddDays(2), AClick.At.AddDays(-60));

        await AtOnceAsync(6, async index =>
        {
            for (var batch = 0; batch < 8; batch++)
            {
                if (index < 3)
                {
                    await nodes[index].WriteAsync(
                        $"node{index}",
                        [.. Enumerable.Range(1, 20).Select(position => AClick.Of($"link{position % 3}", batch * 20 + position, AClick.At.AddDays(position % 5), visitor: (ulong)position))],
                        Cancellation);
                }
                else await nodes[index - 3].RollUpAsync(AClick.At.AddDays(1), retention, Cancellation);
            }
            return 0;
        });
        await Store.RollUpAsync(AClick.At.AddDays(1), retention, Cancellation);

        var query = new ClickQuery(null, AClick.At.AddDays(-1).Date, AClick.At.AddDays(9).Date);
        var series = await nodes[1].ReadSeriesAsync(query, ClickUnit.Hour, Cancellation);
        Assert.Equal(3 * 8 * 20, series.Sum(point => point.Counts.Clicks));
        Assert.Equal(20, series.Sum(point => point.Counts.Visitors));
        var links = await nodes[2].ReadTopAsync(query with { Filters = [new(ClickDimension.Country, "")] }, ClickDimension.Link, 10, Cancellation);
        Assert.Equal(3 * 8 * 20, links.Sum(link => link.Counts.Clicks));
    }

    [Fact]
    public async Task A_link_that_is_erased_while_its_totals_move_leaves_nothing()
    {
        var database = await _databases.OpenAsync();
        await Store.WriteAsync("node", [AClick.Of("gone", 1), AClick.Of("stays", 2)], Cancellation);
        ValueTask rollUp = default, erasure = default;

        // Holds the rows of fresh totals, so that the roll-up is in the middle of moving them when the erasure comes.
        await database.InTransactionAsync(
            async connection =>
            {
                await ClickPartitions.ExecuteAsync(connection, "SELECT 1 FROM click_totals_fresh FOR UPDATE", Cancellation);
                rollUp = Store.RollUpAsync(AClick.At.AddDays(1), new ClickRetention(AClick.At.AddDays(-9), AClick.At.AddDays(-9), AClick.At.AddDays(-60)), Cancellation);
                await Eventually.TrueAsync(async () => await WaitingAsync() == 1);
                erasure = Store.EraseAsync(ShortCode.Parse("gone"), AClick.At.AddDays(1), Cancellation);
                await Eventually.TrueAsync(async () => await WaitingAsync() == 2);
                return 0;
            },
            Cancellation);
        await rollUp;
        await erasure;

        var query = new ClickQuery(null, AClick.At.AddDays(-1).Date, AClick.At.AddDays(9).Date);
        Assert.Equal("stays", Assert.Single(await Store.ReadTopAsync(query, ClickDimension.Link, 10, Cancellation)).Value);
        Assert.Equal(1, (await Store.ReadSeriesAsync(query, ClickUnit.Day, Cancellation)).Sum(point => point.Counts.Clicks));

        async Task<long> WaitingAsync() => await database.FirstAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", static row => row.GetInt64(0), Cancellation);
    }
}
