using System.Buffers;
using System.Buffers.Binary;
using Terse.Clicks;

namespace Terse.Adapters.Nats;

/// <summary>Records as one message: of each its position (8 bytes), its length (2), and its body.</summary>
internal static class ClickBatch
{
    /// <summary>The most that a message has: servers take 1 MiB unless told otherwise.</summary>
    public const int MostBytes = 256 << 10;

    private const int Prefix = 10;

    public static ReadOnlyMemory<byte> Write(IReadOnlyList<QueuedClick> clicks)
    {
        var message = new ArrayBufferWriter<byte>(clicks.Sum(static click => Prefix + click.Body.Length));
        foreach (var (position, body) in clicks)
        {
            var prefix = message.GetSpan(Prefix);
            BinaryPrimitives.WriteInt64LittleEndian(prefix, position);
            BinaryPrimitives.WriteUInt16LittleEndian(prefix[8..], (ushort)body.Length);
            message.Advance(Prefix);
            message.Write(body.Span);
        }
        return message.WrittenMemory;
    }

    /// <summary>What <see cref="Write"/> wrote. Of anything else, all of it as one record, which no worker can read: so it becomes a dead letter.</summary>
    public static IReadOnlyList<QueuedClick> Read(ReadOnlyMemory<byte> message)
    {
        var clicks = new List<QueuedClick>();
        for (var rest = message; !rest.IsEmpty;)
        {
            var length = rest.Length < Prefix ? int.MaxValue : BinaryPrimitives.ReadUInt16LittleEndian(rest.Span[8..]);
            if (length > rest.Length - Prefix) return [new QueuedClick(0, message)];
            clicks.Add(new QueuedClick(BinaryPrimitives.ReadInt64LittleEndian(rest.Span), rest.Slice(Prefix, length)));
            rest = rest[(Prefix + length)..];
        }
        return clicks.Count > 0 ? clicks : [new QueuedClick(0, message)];
    }
}
