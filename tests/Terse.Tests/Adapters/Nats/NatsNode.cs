using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Terse.Adapters.Nats;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Links;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.Nats;

/// <summary>A node's click log and its publisher, and the queue as its process sees it. Opened again with another number of partitions, it is the same node.</summary>
internal sealed class NatsNode(string stream, NatsServer? server = null) : IAsyncDisposable
{
    public const int WaitsForOldPartition = 423;

    private readonly string _directory = Directory.CreateTempSubdirectory("terse-log-").FullName;
    private readonly SignalLogger _logger = new();
    private NatsStreams _streams = null!;
    private NatsClickPublisher _publisher = null!;

    public ClickLog Log { get; private set; } = null!;

    public NatsClickQueue Queue { get; private set; } = null!;

    /// <summary>Ends when the publisher says that it waits for its old partition.</summary>
    public Task Waits => _logger.Said;

    public static async Task<NatsNode> StartAsync(string stream, int partitions, NatsServer? server = null)
    {
        var node = new NatsNode(stream, server);
        await node.OpenAsync(partitions);
        return node;
    }

    public static async Task<NatsStreams> ConnectAsync(string stream, int partitions, NatsServer? server = null) => new(
        Options.Create(new NatsOptions { Url = (server ?? await NatsServer.SharedAsync()).Url, Stream = stream, StreamMebibytes = 16, Lease = TimeSpan.FromSeconds(10), Partitions = partitions }), TimeProvider.System);

    /// <summary>Does it as often as the server that was just killed needs.</summary>
    public static async Task WhenBackAsync(Func<Task> work)
    {
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }

    public async Task OpenAsync(int partitions)
    {
        var options = Options.Create(new RecordingOptions { Directory = _directory, LogMebibytes = 1, BatchSize = 3, Linger = TimeSpan.Zero });
        Log = new ClickLog(options);
        Log.Open();
        _streams = await ConnectAsync(stream, partitions, server);
        _publisher = new NatsClickPublisher(Log, _streams, options, TimeProvider.System, _logger);
        await _publisher.StartAsync(TestContext.Current.CancellationToken);
        Queue = new NatsClickQueue(_streams, NullLogger<NatsClickQueue>.Instance);
    }

    /// <param name="noted">The last confirmation that the log has noted, as if the process had been killed before the note of the next.</param>
    public async Task CloseAsync(long? noted = null)
    {
        await _publisher.StopAsync(TestContext.Current.CancellationToken);
        if (noted is { } position) Log.Acknowledge(position);
        Log.Dispose();
        await _streams.DisposeAsync();
    }

    public void Append(string code) => Assert.True(Log.TryAppend(Contracts.ARecord.Body(code)));

    public int PartitionOf(int partitions) => ClickSubjects.PartitionOf(Log.Source, partitions);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private sealed class SignalLogger : ILogger<NatsClickPublisher>
    {
        private readonly TaskCompletionSource _said = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Said => _said.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == WaitsForOldPartition) _said.TrySetResult();
        }
    }
}
