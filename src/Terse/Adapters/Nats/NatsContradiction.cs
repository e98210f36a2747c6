using NATS.Client.JetStream.Models;

namespace Terse.Adapters.Nats;

/// <summary>
/// A partition's consumer and the stream tell of different messages. The servers write each to disk at its own time, so the kill of an only server may bring
/// messages back that were acknowledged, which then nobody gets; or take away the one message that may be out, for which the consumer then waits for ever
/// (nats-server 2.9.10). See docs/decisions/0043-clicks-over-nats.md.
/// </summary>
/// <param name="Held">Messages of the partition that the stream holds. Of a work queue, each is waiting or out.</param>
/// <param name="Waiting">Those that the consumer has not delivered.</param>
/// <param name="Out">Those that it has delivered and that nobody has acknowledged.</param>
/// <param name="Delivered">The last that it has delivered.</param>
internal sealed record NatsContradiction(long Held, ulong Waiting, int Out, ulong Delivered)
{
    public static NatsContradiction? Between(ConsumerInfo consumer, long held) => held == (long)consumer.NumPending + consumer.NumAckPending
        ? null
        : new NatsContradiction(held, consumer.NumPending, consumer.NumAckPending, consumer.Delivered.StreamSeq);
}
