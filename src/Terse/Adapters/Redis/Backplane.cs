using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Terse.Codes;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Adapters.Redis;

/// <summary>
/// Tells every node of every change over Redis, and this node's L1 of the others'. Pub/sub delivers at most once, so each node sends itself a
/// numbered beat a second: a number that is missing means that messages may be missing too, and L1 becomes suspect. A node that answers no redirects
/// has no L1, and only sends.
/// 1. Listen. 2. Beat. 3. Send what is in the outbox until Redis has taken it.
/// </summary>
internal sealed partial class Backplane(
    RedisConnection redis, SharedLinks shared, BackplaneOutbox outbox, IssuedCodes issued, BackplaneMetrics metrics,
    IOptions<RedirectOptions> options, TimeProvider time, ILogger<Backplane> logger, LinkCache? cache = null) : BackgroundService
{
    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>Within which L1 is read again when messages may have been missed.</summary>
    public static readonly TimeSpan SuspectWithin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);
    private const int MostAtOnce = 64;

    private readonly ulong _self = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8));
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _heard;
    private volatile bool _interrupted = true;

    /// <summary>Whether this node has heard its own beat: what others say from now on is heard.</summary>
    public bool IsListening => Volatile.Read(ref _heard) > 0;

    private string Channel => redis.KeyPrefix + "changes";

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        outbox.Complete();
        if (ExecuteTask is not null)
            await _sent.Task.WaitAsync(StopLimit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        redis.Restored += () => _interrupted = true;
        await Task.WhenAll(ListenAndBeatAsync(), SendAsync(stoppingToken));

        async Task ListenAndBeatAsync()
        {
            await ListenAsync(stoppingToken);
            await BeatAsync(stoppingToken);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var subscriber = await redis.SubscriberAsync(cancellationToken);
        while (true)
        {
            try
            {
                // Once made, the subscription is renewed by the connection.
                await subscriber.SubscribeAsync(RedisChannel.Literal(Channel), (_, message) => Hear(message));
                return;
            }
            catch (Exception exception) when (RedisFault.IsAway(exception))
            {
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    private void Hear(byte[]? bytes)
    {
        if (BackplaneMessage.Read(bytes) is not { } message) return;
        if (message.Beat is { } beat)
        {
            if (message.Sender == _self) HearOwnBeat(beat, message.SentAt);
            return;
        }
        if (message.Sender == _self) return;

        metrics.Received(time.GetUtcNow() - message.SentAt);
        if (message.Change.Kind == LinkChangeKind.Created) issued.AddLookalike(message.Change.Code);
        cache?.OnChanged(message.Change);
    }

    private void HearOwnBeat(long beat, DateTimeOffset sentAt)
    {
        metrics.Lag(time.GetUtcNow() - sentAt);
        var missed = Interlocked.Exchange(ref _heard, beat) != beat - 1;
        if (!missed && !_interrupted) return;

        _interrupted = false;
        metrics.Gap();
        issued.SuspectLookalikes();
        cache?.Suspect(SuspectWithin < options.Value.L1Ttl ? SuspectWithin : options.Value.L1Ttl);
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        var subscriber = await redis.SubscriberAsync(cancellationToken);
        using var timer = new PeriodicTimer(BeatInterval, time);
        for (var number = 1L; ; number++)
        {
            try
            {
                await subscriber.PublishAsync(RedisChannel.Literal(Channel), BackplaneMessage.ForBeat(_self, time.GetUtcNow(), number));
            }
            catch (Exception exception) when (RedisFault.IsAway(exception))
            {
                // The number that nobody hears is what tells of it.
            }
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Pending>();
        while (await outbox.Pending.WaitToReadAsync(cancellationToken))
        {
            while (batch.Count < MostAtOnce && outbox.Pending.TryRead(out var pending)) batch.Add(pending);
            while (true)
            {
                // Versions decide, so that order does not matter and a message that goes out twice does no harm.
                var taken = await Task.WhenAll(batch.Select(TrySendAsync));
                batch = [.. batch.Where((_, i) => !taken[i])];
                if (batch.Count == 0) break;
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
        _sent.TrySetResult();
    }

    private async Task<bool> TrySendAsync(Pending pending)
    {
        // What L2 or any L1 had of the link before has ended by then.
        if (time.GetElapsedTime(pending.Since) > options.Value.L2Ttl + options.Value.L1Ttl) return true;
        try
        {
            await shared.ApplyAsync(pending.Change, Channel, BackplaneMessage.For(pending.Change, _self, time.GetUtcNow()));
            metrics.Sent();
            return true;
        }
        catch (Exception exception) when (RedisFault.IsAway(exception))
        {
            Log.NotSent(logger, pending.Change.Code.Value, exception.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2106, LogLevel.Debug, "The other nodes could not be told yet that {Code} changed: {Reason}")]
        public static partial void NotSent(ILogger logger, string code, string reason);
    }
}
