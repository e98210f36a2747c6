using Microsoft.Extensions.Options;
using Terse.Clicks.Log;
using Terse.Links;

namespace Terse.Clicks;

/// <summary>
/// Works off the queue, all partitions of it at once. Of each delivery: 1. Turn records into visits. 2. Give it back, to come again later, while some record fails and has tries left.
/// 3. Set aside those that have none. 4. Write the rest in one transaction; the store leaves out what it has. 5. Tell listeners. 6. Acknowledge.
/// </summary>
internal sealed partial class ClickWorker(
    IClickQueue queue, IClickStore store, ClickEnricher enricher, IEnumerable<IClickListener> listeners, ClickMetrics metrics,
    IOptions<RecordingOptions> options, TimeProvider time, Random random, ILogger<ClickWorker> logger) : BackgroundService
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DepthInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PartitionsInterval = TimeSpan.FromSeconds(10);

    private readonly IClickListener[] _listeners = [.. listeners];
    private readonly DaySalts _salts = new(store);
    private long _depthReadAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loops = new List<Task>();
        await RepeatAsync(
            async () =>
            {
                var partitions = await queue.CountPartitionsAsync(stoppingToken);
                while (loops.Count < partitions) loops.Add(WorkPartitionAsync(loops.Count, stoppingToken));
                return PartitionsInterval;
            },
            stoppingToken);
        await Task.WhenAll(loops);
    }

    private Task WorkPartitionAsync(int partition, CancellationToken stoppingToken) =>
        RepeatAsync(async () => await WorkAsync(partition, stoppingToken) ? TimeSpan.Zero : options.Value.Linger, stoppingToken);

    /// <summary>Does a step over and over, each time after the wait that the one before asks for; after failures, once it has backed off.</summary>
    private async Task RepeatAsync(Func<Task<TimeSpan>> step, CancellationToken stoppingToken)
    {
        for (var failures = 0; !stoppingToken.IsCancellationRequested;)
        {
            var wait = TimeSpan.Zero;
            try
            {
                wait = await step();
                failures = 0;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                if (e is StoreUnavailableException) LogAway(e.Message);
                else LogFailed(e);
                wait = Backoff(++failures);
            }
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Works off one delivery; whether more waits behind it.</summary>
    private async Task<bool> WorkAsync(int partition, CancellationToken cancellationToken)
    {
        var delivery = await queue.ReceiveAsync(partition, cancellationToken);
        try
        {
            await WorkOffAsync(delivery, cancellationToken);
        }
        catch
        {
            // Whatever it was, the records come again. On the way out of the process nobody waits for them.
            await queue.ReturnAsync(delivery, cancellationToken.IsCancellationRequested ? TimeSpan.Zero : Backoff(delivery.Attempt), CancellationToken.None);
            throw;
        }
        var readAt = Volatile.Read(ref _depthReadAt);
        if (time.GetElapsedTime(readAt) >= DepthInterval && Interlocked.CompareExchange(ref _depthReadAt, time.GetTimestamp(), readAt) == readAt)
        {
            metrics.Saw(await queue.ReadDepthAsync(cancellationToken));
        }
        return delivery.MoreWaits;
    }

    private async Task WorkOffAsync(ClickDelivery delivery, CancellationToken cancellationToken)
    {
        // 1. Turn
        var started = time.GetTimestamp();
        var (visits, failed) = await EnrichAsync(delivery, cancellationToken);

        // 2. Give back
        var isLast = delivery.Attempt >= options.Value.MaxAttempts;
        if (failed.Count > 0 && !isLast)
        {
            LogRetry(failed.Count, delivery.Source, delivery.Attempt, failed[0].Reason);
            await queue.ReturnAsync(delivery, Backoff(delivery.Attempt), cancellationToken);
            return;
        }

        // 3. Set aside
        foreach (var (click, reason) in failed) await SetAsideAsync(delivery, click, reason, cancellationToken);

        // 4. Write, 5. Tell
        try
        {
            await WriteAsync(delivery.Source, visits, started, cancellationToken);
        }
        catch (Exception e) when (isLast && e is not (StoreUnavailableException or OperationCanceledException))
        {
            await WriteOneByOneAsync(delivery, visits, started, cancellationToken);
        }

        // 6. Acknowledge
        await queue.AcknowledgeAsync(delivery, cancellationToken);
    }

    private async Task<(List<EnrichedClick> Visits, List<(QueuedClick Click, string Reason)> Failed)> EnrichAsync(ClickDelivery delivery, CancellationToken cancellationToken)
    {
        var visits = new List<EnrichedClick>(delivery.Clicks.Count);
        var failed = new List<(QueuedClick, string)>();
        foreach (var click in delivery.Clicks)
        {
            if (!ClickFormat.TryRead(click.Body.Span, click.Position, out var record, out var reason))
            {
                failed.Add((click, reason));
                continue;
            }

            var salt = await _salts.ReadAsync(DateOnly.FromDateTime(record.At.UtcDateTime), cancellationToken);
            try
            {
                if (enricher.Enrich(record, salt, out reason) is { } visit) visits.Add(visit);
                else failed.Add((click, reason));
            }
            catch (Exception e)
            {
                // A defect of ours that one record meets must not hold up all others. The record is kept with it.
                failed.Add((click, $"{e.GetType().Name}: {e.Message}"));
            }
        }
        return (visits, failed);
    }

    private async Task WriteAsync(string source, List<EnrichedClick> visits, long started, CancellationToken cancellationToken)
    {
        if (visits.Count == 0) return;
        var written = await store.WriteAsync(source, visits, cancellationToken);
        if (written.Count == 0) return;
        metrics.CountWritten(written.Count, time.GetUtcNow() - written[0].At, time.GetElapsedTime(started));
        foreach (var listener in _listeners) listener.OnWritten(written);
    }

    /// <summary>The store refuses the batch for something in it: find out what.</summary>
    private async Task WriteOneByOneAsync(ClickDelivery delivery, List<EnrichedClick> visits, long started, CancellationToken cancellationToken)
    {
        foreach (var visit in visits)
        {
            try
            {
                await WriteAsync(delivery.Source, [visit], started, cancellationToken);
            }
            catch (Exception e) when (e is not (StoreUnavailableException or OperationCanceledException))
            {
                var click = delivery.Clicks.First(click => click.Position == visit.Position);
                await SetAsideAsync(delivery, click, $"The store refuses it: {e.Message}", cancellationToken);
            }
        }
    }

    private async Task SetAsideAsync(ClickDelivery delivery, QueuedClick click, string reason, CancellationToken cancellationToken)
    {
        var letter = DeadLetter.Of(delivery, click, reason, time.GetUtcNow());
        await queue.SetAsideAsync(delivery, letter, cancellationToken);
        metrics.CountSetAside();
        LogSetAside(letter.Id, reason);
    }

    private TimeSpan Backoff(int attempt)
    {
        var backoff = FirstBackoff * Math.Pow(4, Math.Min(attempt, 10) - 1);
        return (backoff < LongestBackoff ? backoff : LongestBackoff) * (0.9 + random.NextDouble() * 0.2);
    }

    [LoggerMessage(400, LogLevel.Warning, "Clicks wait in the queue: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(401, LogLevel.Error, "The click worker failed; it goes on, and what it held comes again.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(402, LogLevel.Warning, "{Count} clicks of {Source} cannot be worked off (try {Attempt}): {Reason}")]
    private partial void LogRetry(int count, string source, int attempt, string reason);

    [LoggerMessage(403, LogLevel.Error, "Click {Id} was set aside as a dead letter: {Reason} See: terse dead-letters show {Id}")]
    private partial void LogSetAside(string id, string reason);
}
