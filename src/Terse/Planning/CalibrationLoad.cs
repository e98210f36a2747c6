using System.Net;
using System.Net.Sockets;
using System.Text;
using Terse.Codes;

namespace Terse.Planning;

/// <summary>A small HTTP client that costs little itself: kept-alive connections, one request at a time on each.</summary>
internal sealed class CalibrationLoad(Uri server, IReadOnlyList<ShortCode> codes, TimeProvider time)
{
    private const int Connections = 32;
    private static readonly byte[] End = "\r\n\r\n"u8.ToArray();

    private readonly byte[][] _requests =
        [.. codes.Select(code => Encoding.ASCII.GetBytes($"GET /{code} HTTP/1.1\r\nHost: {server.Authority}\r\nUser-Agent: terse-calibration\r\nAccept: */*\r\n\r\n"))];

    /// <summary>How many redirects were answered in that time, and the bytes of their responses.</summary>
    /// <exception cref="InvalidOperationException">An answer was no redirect.</exception>
    public async Task<(long Redirects, long Bytes)> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var until = time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency);
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => ConnectAsync(connection, until, cancellationToken)));
        return (counts.Sum(count => count.Redirects), counts.Sum(count => count.Bytes));
    }

    private async Task<(long Redirects, long Bytes)> ConnectAsync(int connection, long until, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken);
        var random = new Random(connection);
        var buffer = new byte[4096];
        var (redirects, bytes) = (0L, 0L);
        for (; time.GetTimestamp() < until; redirects++)
        {
            await socket.SendAsync(_requests[random.Next(_requests.Length)], cancellationToken);
            var length = 0;
            while (!buffer.AsSpan(0, length).EndsWith(End))
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0) throw new InvalidOperationException("The server closed the connection.");
                length += read;
            }
            if (!buffer.AsSpan(0, length).StartsWith("HTTP/1.1 302"u8)) throw new InvalidOperationException($"Not a redirect: {Encoding.ASCII.GetString(buffer, 0, length)}");
            bytes += length;
        }
        return (redirects, bytes);
    }
}
