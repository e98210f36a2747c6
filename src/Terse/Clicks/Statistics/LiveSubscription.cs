using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Terse.Codes;

namespace Terse.Clicks.Statistics;

/// <summary>One who watches clicks: a bounded buffer, and what did not fit into it.</summary>
internal sealed class LiveSubscription(ShortCode? code, int capacity, Action<LiveSubscription> ended) : IDisposable
{
    public const string HeartbeatEvent = "heartbeat";

    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(15);

    private readonly Channel<LiveClick> _clicks = Channel.CreateBounded<LiveClick>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = false });
    private long _dropped;

    public void Offer(LiveClick click)
    {
        if (code is not null && click.Code != code.Value.Value) return;
        if (!_clicks.Writer.TryWrite(click)) Interlocked.Increment(ref _dropped);
    }

    /// <summary>A heartbeat at once and every 15 seconds, and clicks as they come, until the subscription ends.</summary>
    public async IAsyncEnumerable<SseItem<object>> ReadAsync(TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var timer = new PeriodicTimer(HeartbeatEvery, time);
        yield return Heartbeat(time);
        var tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
        var arrival = _clicks.Reader.WaitToReadAsync(cancellationToken).AsTask();
        while (true)
        {
            // The tick first, here and between clicks: a reader that is always behind is told so too, and asked whether it may go on.
            await Task.WhenAny(arrival, tick);
            if (tick.IsCompleted)
            {
                await tick;
                yield return Heartbeat(time);
                tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
            }

            if (!arrival.IsCompleted) continue;
            if (!await arrival) yield break;
            while (!tick.IsCompleted && _clicks.Reader.TryRead(out var click)) yield return new SseItem<object>(click, "click");
            arrival = _clicks.Reader.WaitToReadAsync(cancellationToken).AsTask();
        }
    }

    public void Dispose()
    {
        _clicks.Writer.TryComplete();
        ended(this);
    }

    private SseItem<object> Heartbeat(TimeProvider time) => new(new LiveHeartbeat(time.GetUtcNow(), Interlocked.Read(ref _dropped)), HeartbeatEvent);
}
