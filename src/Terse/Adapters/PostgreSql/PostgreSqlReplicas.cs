using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// The replicas, read through one multi-host data source that prefers standbys. Each is asked several times per staleness bound how far it is; an answer
/// of one that is too far behind, or none, is as if there were no replica. Without replicas, or with <c>Consistency=Strong</c>, there never is an answer.
/// </summary>
internal sealed partial class PostgreSqlReplicas : IAsyncDisposable
{
    private const int LooksPerBound = 5;
    private readonly CancellationTokenSource _stopping = new();
    private readonly PostgreSqlDatabase _primary;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ReplicaFreshness _freshness;
    private readonly NpgsqlDataSource? _replicas;
    private readonly Dictionary<string, NpgsqlDataSource> _each = new(StringComparer.Ordinal);
    private readonly Task _watching = Task.CompletedTask;
    private long _answers;

    public PostgreSqlReplicas(PostgreSqlDatabase primary, IOptions<PostgreSqlOptions> options, TimeProvider time, ILogger<PostgreSqlReplicas> log)
    {
        (_primary, _time, _log) = (primary, time, log);
        _freshness = new ReplicaFreshness(options.Value.StalenessBound, time);
        if (options.Value.ReadConnectionString.Length == 0 || options.Value.Consistency == "Strong") return;

        _replicas = PostgreSqlDataSources.Replicas(options.Value);
        foreach (var source in PostgreSqlDataSources.EachReplica(options.Value)) _each.Add(source.Server, source.Source);
        _watching = WatchAsync(options.Value.StalenessBound / LooksPerBound);
    }

    /// <summary>How many reads the replicas have answered with a row.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>
    /// The first row that the statement returns on a replica that is fresh enough; default when there is no row, or no such replica answers. As on the
    /// primary, a statement that has begun is not cancelled.
    /// </summary>
    public async ValueTask<T?> FirstAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] parameters)
    {
        if (_replicas is null) return default;
        try
        {
            await using var connection = await _replicas.OpenConnectionAsync(cancellationToken);
            if (!_freshness.IsFresh(Server(connection.Host!, connection.Port))) return default;
            if (await connection.QueryAsync(sql, read, CancellationToken.None, parameters) is not [var first, ..]) return default;
            Interlocked.Increment(ref _answers);
            return first;
        }
        catch (Exception e) when (PostgreSqlFault.Explain(e) is not null || e is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn })
        {
            // Away, or it has not replayed a migration yet: the primary is asked.
            Log.Passed(_log, e.Message);
            return default;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
        if (_replicas is not null) await _replicas.DisposeAsync();
        foreach (var source in _each.Values) await source.DisposeAsync();
    }

    /// <summary>A server as connections name it.</summary>
    public static string Server(string host, int port) => $"{host}:{port}";

    private async Task WatchAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, _time);
        try
        {
            do
            {
                await LookAtPrimaryAsync();
                await Task.WhenAll(_each.Select(entry => LookAtReplicaAsync(entry.Key, entry.Value)));
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private async Task LookAtPrimaryAsync()
    {
        var askedAt = _time.GetTimestamp();
        try
        {
            _freshness.SawPrimary(await _primary.FirstAsync("SELECT pg_current_wal_lsn()", static row => row.GetFieldValue<NpgsqlLogSequenceNumber>(0), _stopping.Token), askedAt);
        }
        catch (Links.StoreUnavailableException e)
        {
            _freshness.LostPrimary();
            Log.NoPrimary(_log, e.Message);
        }
    }

    private async Task LookAtReplicaAsync(string server, NpgsqlDataSource source)
    {
        try
        {
            // The primary may stand in the list too: what it has is always all there is.
            await using var connection = await source.OpenConnectionAsync(_stopping.Token);
            var replayed = await connection.QueryAsync(
                "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END",
                static row => row.GetFieldValue<NpgsqlLogSequenceNumber>(0), _stopping.Token);
            _freshness.SawReplica(server, replayed[0]);
        }
        catch (Exception e) when (PostgreSqlFault.Explain(e) is { } unavailable)
        {
            Log.NoReplica(_log, server, unavailable.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1520, LogLevel.Debug, "A replica was passed over: {Reason}")]
        public static partial void Passed(ILogger logger, string reason);

        [LoggerMessage(1521, LogLevel.Warning, "The primary is away, links are read from replicas however old: {Reason}")]
        public static partial void NoPrimary(ILogger logger, string reason);

        [LoggerMessage(1522, LogLevel.Warning, "The replica {Server} is away: {Reason}")]
        public static partial void NoReplica(ILogger logger, string server, string reason);
    }
}
