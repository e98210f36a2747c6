using System.Runtime.Versioning;
using Terse.Adapters.Sqlite;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Contracts;

namespace Terse.Tests.Adapters.Sqlite;

/// <summary>What the adapter promises beyond the ports: group commit, one file for several processes, faults in our own words.</summary>
public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly SqliteFiles _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Writes_that_wait_share_one_commit()
    {
        var database = _files.Open();
        var links = new SqliteLinkStore(database);
        var release = HoldWriter(database);
        var adds = Enumerable.Range(0, 50).Select(n => links.AddAsync(ALink.Of($"l{n}"), Cancellation).AsTask()).ToArray();
        var seenFromOutside = database.WriteAsync(_ => database.Read(0, (session, _) => CountRows(session)), Cancellation).AsTask();
        release.Set();

        Assert.All(await Task.WhenAll(adds), result => Assert.Equal(AddResult.Added, result));

        // The last write of the batch ran after the fifty adds, and none of them was committed yet.
        Assert.Equal(0, await seenFromOutside);
        Assert.Equal(50, database.Read(0, (session, _) => CountRows(session)));

        static long CountRows(SqliteSession session) => session.Prepare("SELECT count(*) FROM links").First(row => row.Long(0));
    }

    [Fact]
    public async Task A_write_that_throws_fails_only_its_own_caller()
    {
        var database = _files.Open();
        var links = new SqliteLinkStore(database);
        var release = HoldWriter(database);
        var before = links.AddAsync(ALink.Of("before"), Cancellation).AsTask();
        var failing = database.WriteAsync<int>(
            session =>
            {
                session.Prepare("DELETE FROM links").Execute();
                throw new InvalidOperationException("Half done.");
            },
            Cancellation).AsTask();
        var after = links.AddAsync(ALink.Of("after"), Cancellation).AsTask();
        release.Set();

        Assert.Equal(AddResult.Added, await before);
        Assert.Equal(AddResult.Added, await after);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        Assert.NotNull(await links.FindAsync(ShortCode.Parse("before"), Cancellation));
        Assert.Equal(2, await links.CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_write_cancelled_in_line_is_never_done()
    {
        var database = _files.Open();
        var links = new SqliteLinkStore(database);
        var release = HoldWriter(database);
        using var cancelled = new CancellationTokenSource();
        var add = links.AddAsync(ALink.Of("cancelled"), cancelled.Token).AsTask();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => add);
        release.Set();

        await links.AddAsync(ALink.Of("next"), Cancellation);
        Assert.Null(await links.FindAsync(ShortCode.Parse("cancelled"), Cancellation));
    }

    [Fact]
    public async Task A_write_that_started_is_done_and_reported_whatever_its_caller_cancels()
    {
        var database = _files.Open();
        using var started = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var cancelled = new CancellationTokenSource();
        var write = database.WriteAsync(
            _ =>
            {
                started.Set();
                release.Wait(Cancellation);
                return "done";
            },
            cancelled.Token).AsTask();
        started.Wait(Cancellation);
        await cancelled.CancelAsync();
        release.Set();

        Assert.Equal("done", await write);
    }

    [Fact]
    public async Task A_full_queue_makes_callers_wait_and_drops_nothing()
    {
        var database = _files.Open(options => options.QueueCapacity = 2);
        var links = new SqliteLinkStore(database);
        var release = HoldWriter(database);
        var adds = Enumerable.Range(0, 20).Select(n => links.AddAsync(ALink.Of($"l{n}"), Cancellation).AsTask()).ToArray();
        release.Set();

        Assert.All(await Task.WhenAll(adds), result => Assert.Equal(AddResult.Added, result));
        Assert.Equal(20, await links.CountAsync(Cancellation));
    }

    [Fact]
    public async Task Closing_does_the_writes_in_line_first_and_refuses_later_ones()
    {
        var database = _files.Open();
        var links = new SqliteLinkStore(database);
        var release = HoldWriter(database);
        var adds = Enumerable.Range(0, 20).Select(n => links.AddAsync(ALink.Of($"l{n}"), Cancellation).AsTask()).ToArray();
        var closing = Task.Run(database.Dispose, Cancellation);
        release.Set();
        await closing;

        Assert.All(await Task.WhenAll(adds), result => Assert.Equal(AddResult.Added, result));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => links.AddAsync(ALink.Of("late"), Cancellation).AsTask());
        Assert.Equal(20, await new SqliteLinkStore(_files.Open()).CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_full_disk_is_a_store_unavailable_until_there_is_room_again_and_reads_go_on()
    {
        var database = _files.Open();
        var links = new SqliteLinkStore(database);
        await links.AddAsync(ALink.Of("first"), Cancellation);
        await LimitPagesAsync(1);

        Link[] large = [.. Enumerable.Range(0, 200).Select(n => ALink.Of($"l{n}", $"https://example.com/{new string('x', 2_000)}"))];
        var fault = await Assert.ThrowsAsync<StoreUnavailableException>(() => links.AddManyAsync(large, Cancellation).AsTask());

        Assert.Contains("no room left", fault.Message, StringComparison.Ordinal);
        Assert.NotNull(await links.FindAsync(ShortCode.Parse("first"), Cancellation));
        Assert.Equal(1, await links.CountAsync(Cancellation));
        await LimitPagesAsync(1_000_000);
        Assert.All(await links.AddManyAsync(large, Cancellation), result => Assert.Equal(AddResult.Added, result));

        // The engine never limits a file below what it has.
        ValueTask<int> LimitPagesAsync(int pages) => database.WriteAsync(session => session.Prepare($"PRAGMA max_page_count = {pages}").All(row => row.Long(0)).Count, Cancellation);
    }

    [Fact]
    public async Task A_lock_held_too_long_by_another_process_is_a_store_unavailable()
    {
        var links = new SqliteLinkStore(_files.Open(options => options.BusyTimeout = TimeSpan.FromMilliseconds(20)));
        var other = _files.Open();
        var release = HoldWriter(other);

        var fault = await Assert.ThrowsAsync<StoreUnavailableException>(() => links.AddAsync(ALink.Of("code"), Cancellation).AsTask());
        release.Set();

        Assert.Contains("locked by another process", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_of_a_newer_program_is_refused_with_a_sentence()
    {
        _files.Open().Dispose();
        using (var session = SqliteSession.Open(_files.DatabasePath, TimeSpan.FromSeconds(1))) session.Script("PRAGMA user_version = 999");

        var refusal = Assert.Throws<StoreUnavailableException>(() => _files.Open());

        Assert.Contains("schema version 999, which a newer terse wrote", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_with_a_sentence()
    {
        File.WriteAllText(_files.DatabasePath, new string('x', 10_000));

        Assert.Contains("damaged", Assert.Throws<StoreUnavailableException>(() => _files.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_directory_that_cannot_be_made_is_refused_with_a_sentence()
    {
        File.WriteAllText(Path.Combine(_files.Directory, "file"), "");

        var refusal = Assert.Throws<StoreUnavailableException>(() => _files.Open(options => options.DataDirectory = Path.Combine(_files.Directory, "file", "data")));

        Assert.StartsWith("The data directory cannot be used", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_that_start_at_once_on_an_empty_directory_all_open_it()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _files.Open(), Cancellation)));

        await Task.WhenAll(databases.Select((database, n) => new SqliteLinkStore(database).AddAsync(ALink.Of($"l{n}"), Cancellation).AsTask()));

        Assert.Equal(8, await new SqliteLinkStore(databases[0]).CountAsync(Cancellation));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_may_read_the_files()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        var directory = Path.Combine(_files.Directory, "data");
        var database = _files.Open(options => options.DataDirectory = directory);
        await new SqliteLinkStore(database).AddAsync(ALink.Of("code"), Cancellation);

        var files = Directory.GetFiles(directory);

        Assert.Contains(Path.Combine(directory, "terse.db-wal"), files);
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
    }

    [Fact]
    public async Task Commits_are_synced_and_pages_have_the_size_that_was_measured()
    {
        var database = _files.Open();

        Assert.Equal("wal", database.Read(0, (session, _) => session.Prepare("PRAGMA journal_mode").First(row => row.Text(0))));
        Assert.Equal(8_192, database.Read(0, (session, _) => session.Prepare("PRAGMA page_size").First(row => row.Long(0))));
        Assert.Equal(2, await database.WriteAsync(session => session.Prepare("PRAGMA synchronous").First(row => row.Long(0)), Cancellation));
    }

    [Theory]
    [InlineData("SELECT code FROM links WHERE code = 'x'", "INDEX links_code")]
    [InlineData("SELECT id FROM links WHERE ends_at < 1 ORDER BY ends_at LIMIT 1", "links_ends_at")]
    [InlineData("SELECT code FROM links WHERE is_alias = 1 AND code NOT GLOB '*[^0-9A-Za-z]*' AND length(code) = 7 AND id > 0 ORDER BY id LIMIT 1", "links_lookalikes")]
    public void Look_ups_use_their_index_and_never_sort(string sql, string index)
    {
        var plan = string.Join('\n', _files.Open().Read(sql, (session, sql) => session.Prepare($"EXPLAIN QUERY PLAN {sql}").All(row => row.Text(3))));

        Assert.Contains(index, plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }

    /// <summary>Keeps the writer inside a transaction until the event is set: what is queued meanwhile becomes one batch.</summary>
    private static ManualResetEventSlim HoldWriter(SqliteDatabase database)
    {
        var release = new ManualResetEventSlim();
        using var held = new ManualResetEventSlim();
        _ = database.WriteAsync(
            _ =>
            {
                held.Set();
                release.Wait(Cancellation);
                return 0;
            },
            Cancellation).AsTask();
        held.Wait(Cancellation);
        return release;
    }
}
