using System.Text.Json;
using System.Threading.Channels;
using Terse.Clicks;
using Terse.Clicks.Statistics;

namespace Terse.Adapters.Nats;

/// <summary>
/// Tells other nodes of the clicks that this one's worker wrote, for their live streams, and only while one of them says that somebody watches. Plain
/// messages, kept nowhere: what cannot be sent at once is left out.
/// </summary>
internal sealed class NatsLiveSender(NatsStreams streams, TimeProvider time) : BackgroundService, IClickListener
{
    /// <summary>What a message of a full batch comes to stays well under the 1 MiB that servers take.</summary>
    private const int ClicksPerMessage = 200;

    private readonly Channel<IReadOnlyList<EnrichedClick>> _written = Channel.CreateBounded<IReadOnlyList<EnrichedClick>>(new BoundedChannelOptions(16) { SingleReader = true });
    private long _watchedAt = long.MinValue;

    public void OnWritten(IReadOnlyList<EnrichedClick> clicks)
    {
        var watchedAt = Volatile.Read(ref _watchedAt);
        if (watchedAt != long.MinValue && time.GetElapsedTime(watchedAt) < NatsLiveReceiver.WatchInterval * 3) _written.Writer.TryWrite(clicks);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        streams.HearAsync(streams.Watch, _ => Volatile.Write(ref _watchedAt, time.GetTimestamp()), stoppingToken), SendAsync(stoppingToken));

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        await foreach (var clicks in _written.Reader.ReadAllAsync(cancellationToken))
        {
            foreach (var part in clicks.Chunk(ClicksPerMessage))
                await streams.TellAsync(streams.Live, JsonSerializer.SerializeToUtf8Bytes(Array.ConvertAll(part, LiveClick.From), LiveClickJson.Default.LiveClickArray), cancellationToken);
        }
    }
}
