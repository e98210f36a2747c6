using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Terse.Tests.Redirects;

/// <summary>A TCP connection that says exactly what a test wants said.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RawConnection> OpenAsync(Uri server)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, server.Port, Cancellation);
        return connection;
    }

    /// <summary>Sends it as bytes of Latin-1. A server that has closed already is no failure: its answer tells why.</summary>
    public async Task SendAsync(string text)
    {
        try
        {
            await _socket.SendAsync(Encoding.Latin1.GetBytes(text), Cancellation);
        }
        catch (SocketException)
        {
        }
    }

    /// <summary>All that comes until the server closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Patience);
        var text = new StringBuilder();
        var buffer = new byte[16_384];
        try
        {
            while (await _socket.ReceiveAsync(buffer, limit.Token) is > 0 and var received) text.Append(Encoding.Latin1.GetString(buffer, 0, received));
        }
        catch (SocketException)
        {
            // Reset: the server had closed before it read all.
        }
        return text.ToString();
    }

    /// <summary>What comes, up to <paramref name="count"/> ends of heads.</summary>
    public async Task<string> ReadHeadsAsync(int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Patience);
        var text = new StringBuilder();
        var buffer = new byte[16_384];
        while (text.ToString().Split("\r\n\r\n").Length <= count)
        {
            var received = await _socket.ReceiveAsync(buffer, limit.Token);
            Assert.True(received > 0, $"The server closed after {text}");
            text.Append(Encoding.Latin1.GetString(buffer, 0, received));
        }
        return text.ToString();
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
