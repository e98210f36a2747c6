using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Terse.Adapters.PostgreSql;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Contracts;
using Terse.Tests.Redirects;

namespace Terse.Tests.Adapters.PostgreSql;

/// <summary>A primary and a real streaming replica whose replay the test pauses, read as redirects read.</summary>
[Infrastructure.NeedsServers]
public sealed class ReplicaTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);
    private readonly PostgreSqlDatabases _databases = new();
    private readonly FakeTimeProvider _time = new();
    private PostgreSqlServer _primary = null!;
    private PostgreSqlServer _replica = null!;
    private PostgreSqlReplicas _replicas = null!;
    private PostgreSqlLinkStore _links = null!;
    private string _database = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _primary = await PostgreSqlServer.StartAsync();
        var connection = await _primary.CreateDatabaseAsync();
        _database = new NpgsqlConnectionStringBuilder(connection).Database!;
        _replica = await PostgreSqlServer.StartReplicaAsync(_primary);
        (_, _replicas, _links) = Open("Eventual");
    }

    public async ValueTask DisposeAsync()
    {
        await _databases.DisposeAsync();
        if (_replica is not null) await _replica.DisposeAsync();
        await _primary.DisposeAsync();
    }

    [Fact]
    public async Task A_link_just_created_is_found_however_far_the_replica_lags()
    {
        await AddedEverywhereAsync(ALink.Of("before"));
        await PauseAsync();

        await _links.AddAsync(ALink.Of("fresh"), Cancellation);

        Assert.NotNull(await _links.FindNearbyAsync(ShortCode.Parse("fresh"), 0, Cancellation));
        Assert.Equal("0", await _replica.SqlAsync("select count(*) from links where code = 'fresh'", _database));
    }

    [Fact]
    public async Task A_replica_answers_within_the_bound_and_the_primary_beyond_it()
    {
        var link = ALink.Of("edited");
        await AddedEverywhereAsync(link);
        await ReadFromReplicaAsync(link.Code);
        await PauseAsync();
        var changed = link with { Title = "changed", Version = link.Version + 1 };
        await _links.ReplaceAsync(changed, link.Version, Cancellation);

        Assert.Equal(link.Version, await NearbyVersionAsync(link.Code));
        Assert.Equal(changed.Version, await NearbyVersionAsync(link.Code, changed.Version));

        _time.Advance(Bound);
        Assert.Equal(changed.Version, await NearbyVersionAsync(link.Code));

        await _replica.SqlAsync("select pg_wal_replay_resume()");
        await ReadFromReplicaAsync(link.Code);
        Assert.Equal(changed.Version, await NearbyVersionAsync(link.Code));
    }

    [Fact]
    public async Task Strong_reads_never_see_the_replica()
    {
        var link = ALink.Of("edited");
        await AddedEverywhereAsync(link);
        await ReadFromReplicaAsync(link.Code);
        await PauseAsync();
        await _links.ReplaceAsync(link with { Version = link.Version + 1 }, link.Version, Cancellation);

        Assert.Equal(link.Version, await NearbyVersionAsync(link.Code));
        Assert.Equal(link.Version + 1, (await Open("Strong").Links.FindNearbyAsync(link.Code, 0, Cancellation))!.Version);
    }

    [Fact]
    public async Task Redirects_go_on_from_the_replica_while_the_primary_restarts_and_an_unknown_code_is_not_taken_for_missing()
    {
        var link = ALink.Of("kept");
        await AddedEverywhereAsync(link);
        await ReadFromReplicaAsync(link.Code);

        await _primary.KillAsync();
        _time.Advance(Bound);
        await ReadFromReplicaAsync(link.Code);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _links.FindNearbyAsync(ShortCode.Parse("unknown"), 0, Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _links.AddAsync(ALink.Of("new"), Cancellation));

        await _primary.RestartAsync();
        await Eventually.TrueAsync(async () => await TryAddAsync(ALink.Of("new")));
        Assert.NotNull(await _links.FindNearbyAsync(ShortCode.Parse("new"), 0, Cancellation));
    }

    private (PostgreSqlDatabase Database, PostgreSqlReplicas Replicas, PostgreSqlLinkStore Links) Open(string consistency) => _databases.Open(
        new PostgreSqlOptions
        {
            ConnectionString = _primary.ConnectionString(_database),
            ReadConnectionString = _replica.ConnectionString(_database),
            Consistency = consistency,
            StalenessBound = Bound,
        },
        _time);

    /// <summary>Adds the link, and waits until the replica has it.</summary>
    private async Task AddedEverywhereAsync(Link link)
    {
        await _links.AddAsync(link, Cancellation);
        await Eventually.TrueAsync(async () => await _replica.SqlAsync($"select count(*) from links where code = '{link.Code}'", _database) == "1");
    }

    /// <summary>Waits until the node has seen that the replica is fresh, and reads from it.</summary>
    private Task ReadFromReplicaAsync(ShortCode code) => Eventually.TrueAsync(async () =>
    {
        _time.Advance(Bound / 5);
        var before = _replicas.Answers;
        return await TryFindAsync(code) is not null && _replicas.Answers > before;
    });

    private Task PauseAsync() => _replica.SqlAsync("select pg_wal_replay_pause()");

    private async Task<long> NearbyVersionAsync(ShortCode code, long least = 0) => (await _links.FindNearbyAsync(code, least, Cancellation))!.Version;

    private async Task<Link?> TryFindAsync(ShortCode code)
    {
        try
        {
            return await _links.FindNearbyAsync(code, 0, Cancellation);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private async Task<bool> TryAddAsync(Link link)
    {
        try
        {
            await _links.AddAsync(link, Cancellation);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }
}
