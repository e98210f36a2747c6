using System.Diagnostics;
using Terse.Adapters.PostgreSql;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.PostgreSql;

/// <summary>
/// The figures of decision page 0023, measured at the port against a server of its own, with fsync on. Run it by name in a Release build:
/// <c>artifacts/bin/Terse.Tests/release/Terse.Tests -explicit only -class '*PostgreSqlFigures' -showLiveOutput</c>.
/// </summary>
[NeedsServers]
public sealed class PostgreSqlFigures(ITestOutputHelper output)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(8);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData(1, 1)]
    [InlineData(64, 1)]
    [InlineData(8, 64)]
    public async Task Durable_creates_per_second(int callers, int batch)
    {
        await using var server = await PostgreSqlServer.StartAsync("fsync=on");
        await using var databases = new PostgreSqlDatabases();
        var links = databases.Open(new PostgreSqlOptions { ConnectionString = await server.CreateDatabaseAsync(), MaxConnections = 64 }, TimeProvider.System).Links;
        await links.AddAsync(ALink.Of("first"), Cancellation);
        var clock = Stopwatch.StartNew();
        var latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var (own, mine) = (new Random(caller), new List<double>());
            while (clock.Elapsed < Window)
            {
                var start = Stopwatch.GetTimestamp();
                if (batch == 1) await links.AddAsync(Make(own), Cancellation);
                else await links.AddManyAsync([.. Enumerable.Range(0, batch).Select(_ => Make(own))], Cancellation);
                mine.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return mine;
        }, Cancellation)));
        double[] all = [.. latencies.SelectMany(static one => one).Order()];
        output.WriteLine($"{callers} callers, {batch} a call: {all.Length * batch / clock.Elapsed.TotalSeconds:N0} creates/s, p50 {all[all.Length / 2]:N1} ms, p99 {all[(int)(all.Length * 0.99)]:N1} ms");
    }

    [Fact(Explicit = true)]
    public async Task Searches_of_a_million_links()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("TERSE_FIGURE_LINKS"), out var told) ? told : 1_000_000;
        await using var server = await PostgreSqlServer.StartAsync("shared_buffers=512MB", "maintenance_work_mem=256MB", "max_wal_size=4GB");
        await using var databases = new PostgreSqlDatabases();
        var connection = await server.CreateDatabaseAsync();
        var name = connection[(connection.LastIndexOf('=') + 1)..];
        var (database, _, links) = databases.Open(new PostgreSqlOptions { ConnectionString = connection, CommandTimeout = TimeSpan.FromMinutes(5) }, TimeProvider.System);
        await links.CountAsync(Cancellation);
        await database.RunAsync(
            async connection =>
            {
                await using var fill = connection.Prepare(
                    """
                    INSERT INTO links (code, destination, created_at, ends_at, redirect_type, disabled, edge_ttl, owner, version, is_alias, words)
                    SELECT to_hex(n * 40503), 'https://shop' || n % 5000 || '.example/' || n, '2026-03-01', '2031-03-01', 302, false, 0, 'Owner00001', n, false,
                        array_to_tsvector(array(SELECT DISTINCT unnest(ARRAY[to_hex(n * 40503), 'shop' || n % 5000, 'example', (ARRAY['summer','winter','sale','blog','news','guide','city','music'])[n % 8 + 1], n::text])))
                    FROM generate_series(1::bigint, $1::bigint) AS n
                    """, (long)count);
                fill.CommandTimeout = 0;
                await fill.ExecuteNonQueryAsync(Cancellation);
                await using var analyze = connection.Prepare("VACUUM ANALYZE links");
                analyze.CommandTimeout = 0;
                return await analyze.ExecuteNonQueryAsync(Cancellation);
            },
            Cancellation);
        output.WriteLine(await server.SqlAsync("select 'table ' || pg_size_pretty(pg_table_size('links')) || ', words ' || pg_size_pretty(pg_relation_size('links_words')) || ', all ' || pg_size_pretty(pg_total_relation_size('links'))", name));
        foreach (var search in new[] { "summer", "summer shop7", "s", "shop777", "777123", "nothinglikeit", "summer nothinglikeit", "winter summer" })
        {
            var times = new List<double>();
            for (var n = 0; n < 7; n++)
            {
                var start = Stopwatch.GetTimestamp();
                await links.ListAsync(new LinkQuery(50, Search: search), Cancellation);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            output.WriteLine($"search '{search}': {times.Order().ElementAt(3):N1} ms, first {times[0]:N1} ms");
        }

        var counting = Stopwatch.GetTimestamp();
        await database.FirstAsync("SELECT count(*) FROM links", static row => row.GetInt64(0), Cancellation);
        output.WriteLine($"count {Stopwatch.GetElapsedTime(counting).TotalMilliseconds:N0} ms");
    }

    private static Link Make(Random random)
    {
        var code = new string(random.GetItems<char>(ShortCode.Alphabet, 9));
        return ALink.Of(code, $"https://shop{random.Next(5_000)}.example/summer/sale-{random.Next()}?utm_source=mail&id={random.Next()}");
    }
}
