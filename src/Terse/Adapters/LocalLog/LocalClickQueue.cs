using Microsoft.Extensions.Options;
using Terse.Clicks;
using Terse.Clicks.Log;

namespace Terse.Adapters.LocalLog;

/// <summary>The click log itself as the queue, for one node: what is not acknowledged is simply still there. Replays come before the log's records.</summary>
internal sealed class LocalClickQueue(ClickLog log, DeadLetterFiles letters, IOptions<RecordingOptions> options, TimeProvider time) : IClickQueue, IDisposable
{
    /// <summary>How late a replay is seen that another process asked for, such as <c>terse dead-letters</c> beside the server.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<string, int> _replayAttempts = [];
    private long _notBefore;

    public ValueTask<int> CountPartitionsAsync(CancellationToken cancellationToken) => ValueTask.FromResult(1);

    public async ValueTask<ClickDelivery> ReceiveAsync(int partition, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var wait = time.GetElapsedTime(time.GetTimestamp(), Volatile.Read(ref _notBefore));
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellationToken);
            while (true)
            {
                if (letters.FirstReplay() is { } letter) return Replay(letter);
                if (log.Read(log.Acknowledged, options.Value.BatchSize) is { Count: > 0 } clicks)
                    return new ClickDelivery(log.Source, clicks, (int)++log.Attempts) { MoreWaits = clicks.Count == options.Value.BatchSize };
                await log.WaitAsync(log.Acknowledged, LookInterval, cancellationToken);
            }
        }
        catch
        {
            _one.Release();
            throw;
        }
    }

    public ValueTask AcknowledgeAsync(ClickDelivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.Receipt is DeadLetter letter)
        {
            letters.EndReplay(letter.Id);
            _replayAttempts.Remove(letter.Id);
        }
        else
        {
            log.Acknowledge(delivery.Clicks[^1].Position);
        }
        _one.Release();
        return ValueTask.CompletedTask;
    }

    public ValueTask ReturnAsync(ClickDelivery delivery, TimeSpan delay, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _notBefore, time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency));
        _one.Release();
        return ValueTask.CompletedTask;
    }

    public ValueTask SetAsideAsync(ClickDelivery delivery, DeadLetter letter, CancellationToken cancellationToken)
    {
        letters.Add(letter);
        return ValueTask.CompletedTask;
    }

    public ValueTask<ClickQueueDepth> ReadDepthAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new ClickQueueDepth(log.PendingBytes, letters.Count()));

    public ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(string? after, int limit, CancellationToken cancellationToken) => ValueTask.FromResult(letters.List(after, limit));

    public ValueTask<DeadLetter?> FindDeadLetterAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult(letters.Find(id));

    public ValueTask<bool> ReplayAsync(string id, CancellationToken cancellationToken)
    {
        var found = letters.BeginReplay(id);
        if (found) log.Wake();
        return ValueTask.FromResult(found);
    }

    public ValueTask<bool> DiscardAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult(letters.Remove(id));

    public void Dispose() => _one.Dispose();

    private ClickDelivery Replay(DeadLetter letter)
    {
        var attempt = _replayAttempts[letter.Id] = _replayAttempts.GetValueOrDefault(letter.Id) + 1;
        return new ClickDelivery(letter.ReplaySource, [new QueuedClick(letter.Position, letter.Body)], attempt) { Receipt = letter, MoreWaits = true };
    }
}
