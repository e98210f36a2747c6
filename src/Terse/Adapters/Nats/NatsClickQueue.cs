using System.Collections.Concurrent;
using System.Text.Json;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Terse.Clicks;

namespace Terse.Adapters.Nats;

/// <summary>
/// A work queue on JetStream that any number of workers share. Each message is what one node's click log held when it was shipped, so messages grow with the
/// load. Of each partition one message is out, with one of all workers. Dead letters are a stream of their own, one subject each.
/// </summary>
internal sealed partial class NatsClickQueue(NatsStreams streams, ILogger<NatsClickQueue> logger) : IClickQueue
{
    private static readonly NatsJSNextOpts Pull = new() { Expires = TimeSpan.FromSeconds(5) };

    // nats-server 2.9.10 may hide one message from every consumer until it is started again: no use in mending that over and over.
    private readonly ConcurrentDictionary<int, NatsContradiction> _mended = [];

    public async ValueTask<int> CountPartitionsAsync(CancellationToken cancellationToken) => await streams.CountPartitionsAsync(cancellationToken);

    // A pull that waits at the server, never one that does not wait: while another worker has the partition's one message, the server leaves such a pull
    // unanswered, and gives the next message to whoever has long ceased to listen for it.
    public async ValueTask<ClickDelivery> ReceiveAsync(int partition, CancellationToken cancellationToken)
    {
        var consumer = await streams.ConsumerAsync(partition, cancellationToken);
        NatsContradiction? seen = null;
        while (true)
        {
            var message = await streams.AskAsync(async _ => await consumer.NextAsync<byte[]>(opts: Pull, cancellationToken: cancellationToken), cancellationToken);
            if (message is not { } delivered)
            {
                consumer = await streams.ConsumerAsync(partition, cancellationToken);
                seen = await MendAsync(partition, consumer.Info, seen, cancellationToken);
                continue;
            }
            var attempt = (int)Math.Min(delivered.Metadata?.NumDelivered ?? 1, int.MaxValue);
            return new ClickDelivery(ClickSubjects.SourceIn(delivered.Subject), ClickBatch.Read(delivered.Data), attempt) { Receipt = delivered, MoreWaits = delivered.Metadata?.NumPending > 0 };
        }
    }

    public async ValueTask AcknowledgeAsync(ClickDelivery delivery, CancellationToken cancellationToken) =>
        await AnswerAsync(delivery, message => message.AckAsync(new AckOpts { DoubleAck = true }, cancellationToken), cancellationToken);

    public async ValueTask ReturnAsync(ClickDelivery delivery, TimeSpan delay, CancellationToken cancellationToken) =>
        await AnswerAsync(delivery, message => message.NakAsync(new AckOpts { NakDelay = delay }, cancellationToken), cancellationToken);

    public async ValueTask SetAsideAsync(ClickDelivery delivery, DeadLetter letter, CancellationToken cancellationToken) => await streams.PublishAsync(
        streams.Dead(letter.Id), JsonSerializer.SerializeToUtf8Bytes(letter, DeadLetterJson.Default.DeadLetter), null, cancellationToken);

    public async ValueTask<ClickQueueDepth> ReadDepthAsync(CancellationToken cancellationToken)
    {
        var clicks = await streams.ClickStreamAsync(cancellationToken);
        var dead = await streams.DeadStreamAsync(cancellationToken);
        return new ClickQueueDepth((long)clicks.Info.State.Bytes, (long)dead.Info.State.Messages);
    }

    public async ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        var dead = await streams.DeadStreamAsync(cancellationToken, withSubjects: true);
        var ids = (dead.Info.State.Subjects?.Keys ?? Enumerable.Empty<string>())
            .Select(streams.IdOf).Where(id => string.CompareOrdinal(id, after) > 0).Order(StringComparer.Ordinal).Take(limit);
        var letters = new List<DeadLetter>();
        foreach (var id in ids)
            if (await ReadAsync(id, cancellationToken) is { Letter: var letter }) letters.Add(letter);
        return letters;
    }

    public async ValueTask<DeadLetter?> FindDeadLetterAsync(string id, CancellationToken cancellationToken) => (await ReadAsync(id, cancellationToken))?.Letter;

    public async ValueTask<bool> ReplayAsync(string id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is not { } found) return false;
        var letter = found.Letter;
        await streams.PublishAsync(
            streams.Clicks(letter.ReplaySource), ClickBatch.Write([new QueuedClick(letter.Position, letter.Body)]), $"{letter.ReplaySource}:{found.Sequence}", cancellationToken);
        await DeleteAsync(found.Sequence, cancellationToken);
        return true;
    }

    public async ValueTask<bool> DiscardAsync(string id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is not { } found) return false;
        await DeleteAsync(found.Sequence, cancellationToken);
        return true;
    }

    /// <summary>After a pull that came back empty: a contradiction that was there before the pull too is not an acknowledgement under way.</summary>
    /// <returns>The contradiction that is there now.</returns>
    private async Task<NatsContradiction?> MendAsync(int partition, ConsumerInfo consumer, NatsContradiction? before, CancellationToken cancellationToken)
    {
        var now = NatsContradiction.Between(consumer, await streams.CountMessagesAsync(partition, cancellationToken));
        if (now is null || now != before || now == _mended.GetValueOrDefault(partition)) return now;
        LogMends(partition, now.Held, now.Waiting, now.Out);
        _mended[partition] = now;
        await streams.RemakeConsumerAsync(partition, cancellationToken);
        return null;
    }

    private async Task<(DeadLetter Letter, ulong Sequence)?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (!DeadLetter.IsId(id)) return null;
        var dead = await streams.DeadStreamAsync(cancellationToken);
        return await streams.AskAsync<(DeadLetter, ulong)?>(
            async _ =>
            {
                try
                {
                    var stored = (await dead.GetAsync(new StreamMsgGetRequest { LastBySubj = streams.Dead(id) }, cancellationToken)).Message;
                    return (JsonSerializer.Deserialize(stored.Data.Span, DeadLetterJson.Default.DeadLetter)!, stored.Seq);
                }
                catch (NatsJSApiException e) when (e.Error.Code == NatsStreams.NotFound)
                {
                    return null;
                }
            },
            cancellationToken);
    }

    private async Task DeleteAsync(ulong sequence, CancellationToken cancellationToken)
    {
        var dead = await streams.DeadStreamAsync(cancellationToken);
        await streams.AskAsync<bool>(
            async _ =>
            {
                try
                {
                    return (await dead.DeleteMessageAsync(new StreamMsgDeleteRequest { Seq = sequence }, cancellationToken)).Success;
                }
                catch (NatsJSApiException e) when (e.Error.Code == NatsStreams.NotFound)
                {
                    // Another deleted it meanwhile.
                    return false;
                }
            },
            cancellationToken);
    }

    private async Task AnswerAsync(ClickDelivery delivery, Func<INatsJSMsg<byte[]>, ValueTask> answer, CancellationToken cancellationToken) => await streams.AskAsync(
        async _ =>
        {
            await answer((INatsJSMsg<byte[]>)delivery.Receipt!);
            return true;
        },
        cancellationToken);

    [LoggerMessage(424, LogLevel.Warning, "The servers contradict themselves about partition {Partition}, as after a kill of the only one: they hold {Held} messages, of which {Waiting} wait and {Out} are out. All are delivered again; what was counted is not counted twice.")]
    private partial void LogMends(int partition, long held, ulong waiting, int @out);
}
