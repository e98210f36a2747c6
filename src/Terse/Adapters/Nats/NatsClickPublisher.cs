using Microsoft.Extensions.Options;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Links;

namespace Terse.Adapters.Nats;

/// <summary>
/// Ships this node's click log to the stream, in order, one message at a time: what was not confirmed is sent again as it was. While the servers are away
/// the log keeps the clicks. A restart may ship some once more; the store's watermark leaves them out.
/// </summary>
internal sealed partial class NatsClickPublisher(ClickLog log, NatsStreams streams, IOptions<RecordingOptions> options, TimeProvider time, ILogger<NatsClickPublisher> logger) : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var clicks = log.Read(log.Acknowledged, options.Value.BatchSize, ClickBatch.MostBytes);
                if (clicks.Count == 0) await log.WaitAsync(log.Acknowledged, LongestWait, stoppingToken);
                else await ShipAsync(clicks, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                LogFailed(e);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ShipAsync(IReadOnlyList<QueuedClick> clicks, CancellationToken cancellationToken)
    {
        var message = ClickBatch.Write(clicks);
        for (var failures = 0; ; failures++)
        {
            try
            {
                await streams.PublishAsync(streams.Clicks, message, NatsClickQueue.HeadersOf(log.Source), $"{log.Source}:{clicks[0].Position}:{clicks[^1].Position}", cancellationToken);
                log.Acknowledge(clicks[^1].Position);
                if (failures > 0) LogBack(failures);
                var isFull = clicks.Count >= options.Value.BatchSize || message.Length >= ClickBatch.MostBytes - ClickFormat.MaxLength;
                if (!isFull && options.Value.Linger > TimeSpan.Zero) await Task.Delay(options.Value.Linger, time, cancellationToken);
                return;
            }
            catch (StoreUnavailableException e)
            {
                if (failures == 0) LogAway(e.Message);
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(420, LogLevel.Warning, "Clicks stay in the click log: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(421, LogLevel.Information, "Clicks are shipped again, after {Failures} tries.")]
    private partial void LogBack(int failures);

    [LoggerMessage(422, LogLevel.Error, "Shipping clicks failed; it goes on.")]
    private partial void LogFailed(Exception exception);
}
