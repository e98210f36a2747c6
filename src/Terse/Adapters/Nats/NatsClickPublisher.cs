using Microsoft.Extensions.Options;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Links;

namespace Terse.Adapters.Nats;

/// <summary>
/// Ships this node's click log to the stream, in order, one message at a time: what was not confirmed is sent again as it was. While the servers are away
/// the log keeps the clicks. A restart may ship some once more; the store's watermark leaves them out.
/// With another number of partitions than before, this log may have another partition: then nothing is shipped until what was shipped to the old one is
/// counted, for counted later it would lie below the watermark and be lost.
/// </summary>
internal sealed partial class NatsClickPublisher(ClickLog log, NatsStreams streams, IOptions<RecordingOptions> options, TimeProvider time, ILogger<NatsClickPublisher> logger) : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private bool _isElsewhere = true;

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

    // What an earlier run shipped and was not told of may still come to the old partition after the look, and does no harm: it begins where this run begins.
    private async Task LeaveOldPartitionAsync(CancellationToken cancellationToken)
    {
        for (var looks = 0; _isElsewhere; looks++)
        {
            if (await streams.FindElsewhereAsync(log.Source, cancellationToken) is { } old)
            {
                if (looks == 0) LogWaits(old);
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
            else
            {
                _isElsewhere = false;
            }
        }
    }

    private async Task ShipAsync(IReadOnlyList<QueuedClick> clicks, CancellationToken cancellationToken)
    {
        var message = ClickBatch.Write(clicks);
        var subject = streams.Clicks(log.Source);

        // With the partition in it, the servers never take a message to be one that they have under the old partition.
        var id = $"{subject}:{clicks[0].Position}:{clicks[^1].Position}";
        for (var failures = 0; ; failures++)
        {
            try
            {
                await LeaveOldPartitionAsync(cancellationToken);
                await streams.PublishAsync(subject, message, id, cancellationToken);
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

    [LoggerMessage(423, LogLevel.Information, "The number of partitions was changed: clicks stay in the click log until the workers have counted those under {Subject}.")]
    private partial void LogWaits(string subject);

    [LoggerMessage(421, LogLevel.Information, "Clicks are shipped again, after {Failures} tries.")]
    private partial void LogBack(int failures);

    [LoggerMessage(422, LogLevel.Error, "Shipping clicks failed; it goes on.")]
    private partial void LogFailed(Exception exception);
}
