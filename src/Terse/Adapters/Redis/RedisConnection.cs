using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Terse.Adapters.Redis;

/// <summary>
/// The one connection that everything in this process shares. The start does not wait for it: until Redis answers, and whenever it is away,
/// there is no database, and callers do without at once instead of queueing up.
/// </summary>
internal sealed partial class RedisConnection(IOptions<RedisOptions> options, TimeProvider time, ILogger<RedisConnection> logger) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<ConnectionMultiplexer> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _connecting = Task.CompletedTask;
    private bool _disposed;

    /// <summary>A connection was lost and is back: messages may have been missed.</summary>
    public event Action? Restored;

    public string KeyPrefix => options.Value.KeyPrefix;

    /// <summary>The database, or null while Redis is away.</summary>
    public IDatabase? Database => _connected.Task is { IsCompletedSuccessfully: true, Result: { IsConnected: true } redis } ? redis.GetDatabase() : null;

    /// <summary>For messages; waits for the first connection.</summary>
    public async Task<ISubscriber> SubscriberAsync(CancellationToken cancellationToken) =>
        (await _connected.Task.WaitAsync(cancellationToken)).GetSubscriber();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _connecting = ConnectAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        // The container disposes what is registered under two services twice.
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _stopping.CancelAsync();
        await _connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_connected.Task.IsCompletedSuccessfully) await _connected.Task.Result.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        while (true)
        {
            try
            {
                var redis = await ConnectionMultiplexer.ConnectAsync(Configuration());
                redis.ConnectionFailed += (_, failed) => Log.Lost(logger, failed.EndPoint?.ToString(), failed.FailureType);
                redis.ConnectionRestored += (_, restored) =>
                {
                    Log.Restored(logger, restored.EndPoint?.ToString());
                    Restored?.Invoke();
                };
                if (!redis.IsConnected) Log.Away(logger, options.Value.Endpoints);
                _connected.SetResult(redis);
                return;
            }
            catch (Exception exception) when (RedisFault.IsAway(exception))
            {
                // With Sentinel there is no connection object until a sentinel has said where the primary is.
                Log.Away(logger, options.Value.Endpoints);
            }

            await Task.Delay(RetryAfter, time, cancellationToken);
        }
    }

    private ConfigurationOptions Configuration()
    {
        var milliseconds = (int)options.Value.Timeout.TotalMilliseconds;
        var configuration = new ConfigurationOptions
        {
            ClientName = "terse",
            AbortOnConnectFail = false,
            BacklogPolicy = BacklogPolicy.FailFast,
            ConnectTimeout = milliseconds,
            AsyncTimeout = milliseconds,
            SyncTimeout = milliseconds,
            ReconnectRetryPolicy = new LinearRetry(500),
            ConfigCheckSeconds = 5,
            Ssl = options.Value.Tls,
            User = Given(options.Value.User),
            Password = Given(options.Value.Password),
            ServiceName = Given(options.Value.ServiceName),
        };
        if (options.Value.Authority.Length > 0) configuration.TrustIssuer(options.Value.Authority);
        foreach (var endpoint in options.Value.Endpoints.Split(',')) configuration.EndPoints.Add(endpoint);
        return configuration;

        static string? Given(string text) => text.Length == 0 ? null : text;
    }

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Warning, "Redis at {Endpoints} does not answer. Links are read from the store, and other nodes hear of changes when it is back.")]
        public static partial void Away(ILogger logger, string endpoints);

        [LoggerMessage(2102, LogLevel.Warning, "The connection to Redis at {Endpoint} is lost: {Reason}")]
        public static partial void Lost(ILogger logger, string? endpoint, ConnectionFailureType reason);

        [LoggerMessage(2103, LogLevel.Information, "The connection to Redis at {Endpoint} is back")]
        public static partial void Restored(ILogger logger, string? endpoint);
    }
}
