using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Terse.Cdn;

/// <summary>
/// Reads a log line by line, as it is written. A log is known by its first line, which no other log has (it has a time to the millisecond and a visitor), not by
/// the name of its file: rotated or packed, it is still the same, and what was counted is not counted again.
/// </summary>
internal sealed class EdgeLogReader
{
    public const int MostBytes = 64 * 1024;

    /// <summary>The name of the log that begins with this line.</summary>
    public static string NameOf(ReadOnlySpan<byte> firstLine) => Convert.ToHexStringLower(SHA256.HashData(firstLine).AsSpan(0, 12));

    /// <summary>Each whole line, with the position of its end: bytes from the start. What has no end of line yet is not a line.</summary>
    /// <exception cref="InvalidDataException">A line is longer than <see cref="MostBytes"/>.</exception>
    public static async IAsyncEnumerable<LogLine> ReadAsync(Stream log, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(log, new StreamPipeReaderOptions(leaveOpen: true));
        var position = 0L;
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                position += line.Length + 1;
                yield return new LogLine(position, line.ToArray());
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (buffer.Length > MostBytes) throw new InvalidDataException($"After byte {position} comes a line of more than {MostBytes} bytes.");
            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) break;
        }
        await pipe.CompleteAsync();
    }
}

/// <param name="Position">Of its end: bytes from the log's start.</param>
internal readonly record struct LogLine(long Position, ReadOnlyMemory<byte> Text);
