using System.Buffers.Binary;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Terse.Adapters.Nats;
using Terse.Clicks;
using Terse.Clicks.Log;

namespace Terse.Benchmarks;

/// <summary>A node as the queue sees it: a click log that is full, and the publisher that ships it over a connection of its own.</summary>
internal sealed class QueueNode : IAsyncDisposable
{
    private readonly string _directory;
    private readonly RecordingOptions _options;
    private readonly ClickLog _log;
    private NatsStreams? _streams;
    private NatsClickPublisher? _publisher;

    private QueueNode(string directory)
    {
        _directory = directory;
        _options = new RecordingOptions { Directory = directory };
        _log = new ClickLog(Options.Create(_options));
        _log.Open();
    }

    /// <summary>A node of a partition: log names are drawn, so it draws until one belongs there. Partitions that nobody has cannot be measured.</summary>
    public static QueueNode In(int partition, int partitions)
    {
        while (true)
        {
            var directory = Directory.CreateTempSubdirectory("terse-bench-").FullName;
            var node = new QueueNode(directory);
            if (ClickSubjects.PartitionOf(node._log.Source, partitions) == partition) return node;
            node._log.Dispose();
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Clicks on links along Zipf 1.0, by a third as many visitors.</summary>
    public void Fill(int clicks, int seed)
    {
        var random = new Random(seed);
        var links = new Zipf(100_000, 1.0, random);
        var (body, address, now) = (new byte[ClickFormat.MaxLength], new byte[4], TimeProvider.System.GetUtcNow());
        for (var i = 0; i < clicks; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(address, random.Next(Math.Max(1, clicks / 3)) * 2_654_435 + seed);
            var click = new ClickRecord(
                0, now, ClickKind.Redirected, SyntheticClicks.Code(links.Next()).Value, ClickFlags.None, new IPAddress(address),
                FormattableString.Invariant($"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{random.Next(120, 142)}.0.0.0 Safari/537.36"), "https://news.example.com/", "en-GB,en;q=0.9,de;q=0.8", "");
            if (!_log.TryAppend(body.AsSpan(0, ClickFormat.Write(click, body)))) throw new InvalidOperationException("The click log is full.");
        }
    }

    /// <summary>Ships until the stream has all.</summary>
    public async Task ShipAsync(Func<NatsStreams> connect, CancellationToken cancellationToken)
    {
        _streams ??= connect();
        _publisher = new NatsClickPublisher(_log, _streams, Options.Create(_options), TimeProvider.System, NullLogger<NatsClickPublisher>.Instance);
        await _publisher.StartAsync(cancellationToken);
        while (_log.Read(_log.Acknowledged, 1).Count > 0) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        await _publisher.StopAsync(cancellationToken);
        _publisher.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_streams is not null) await _streams.DisposeAsync();
        _log.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
