using System.Text.Json;
using System.Text.Json.Serialization;
using Terse.Clicks.Statistics;

namespace Terse.Adapters.Nats;

/// <summary>Hears of the clicks that workers on other nodes wrote, and says to them whether anybody watches here.</summary>
internal sealed partial class NatsLiveReceiver(NatsStreams streams, LiveClicks live, TimeProvider time, ILogger<NatsLiveReceiver> logger) : BackgroundService
{
    /// <summary>How often it is said. Workers forget it after three times as long.</summary>
    public static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(streams.HearAsync(streams.Live, Show, stoppingToken), BeginAsync(stoppingToken), RepeatAsync(stoppingToken));

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in live.BegunAsync(cancellationToken)) await SayAsync(cancellationToken);
    }

    private async Task RepeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(WatchInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
            if (live.IsWatched) await SayAsync(cancellationToken);
    }

    private Task SayAsync(CancellationToken cancellationToken) => streams.TellAsync(streams.Watch, ReadOnlyMemory<byte>.Empty, cancellationToken);

    private void Show(ReadOnlyMemory<byte> message)
    {
        try
        {
            live.Show(JsonSerializer.Deserialize(message.Span, LiveClickJson.Default.LiveClickArray) ?? []);
        }
        catch (JsonException e)
        {
            LogUnreadable(e.Message);
        }
    }

    [LoggerMessage(425, LogLevel.Warning, "A message about clicks of another node cannot be read; the live streams leave it out: {Reason}")]
    private partial void LogUnreadable(string reason);
}

[JsonSerializable(typeof(LiveClick[]))]
internal sealed partial class LiveClickJson : JsonSerializerContext;
