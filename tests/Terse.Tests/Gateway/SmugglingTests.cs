using System.Net.Sockets;
using System.Text;

namespace Terse.Tests.Gateway;

/// <summary>Requests that two servers in a row could read differently are refused by the first one.</summary>
public sealed class SmugglingTests
{
    [Theory]
    [InlineData("a length and chunks", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("chunks and a length", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n")]
    [InlineData("two lengths", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nGET /")]
    [InlineData("a list of lengths", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello")]
    [InlineData("a negative length", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("an unknown encoding", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("chunks that are not last", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("a bare line feed after the request line", "GET /x HTTP/1.1\nHost: a\r\n\r\n")]
    [InlineData("a bare line feed after a header", "GET /x HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n")]
    [InlineData("a bare carriage return", "GET /x HTTP/1.1\r\nHost: a\r\nX-A: b\rContent-Length: 5\r\n\r\n")]
    [InlineData("a space before the colon", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello")]
    [InlineData("a folded header", "GET /x HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n")]
    [InlineData("a null in a header", "GET /x HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n")]
    [InlineData("two hosts", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("no host", "GET /x HTTP/1.1\r\n\r\n")]
    [InlineData("a target that is not the host", "GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("headers without an end", "GET /x HTTP/1.1\r\nHost: a\r\nX-A: {40000}\r\n\r\n")]
    public async Task It_is_refused_and_no_node_sees_it(string what, string request)
    {
        await using var node = await EchoNode.StartAsync("n");
        await using var gateway = await GatewayInstance.StartAsync([node.Url]);
        var status = await SendAsync(gateway.Url.Port, request.Replace("{40000}", new string('a', 40_000), StringComparison.Ordinal));
        Assert.True(status is >= 400 and < 500 or 501 && node.Requests == 0, $"{what}: answered {status}, and {node.Requests} requests reached the node.");
    }

    [Fact]
    public async Task A_chunk_with_a_wrong_size_ends_the_connection()
    {
        await using var node = await EchoNode.StartAsync("n");
        await using var gateway = await GatewayInstance.StartAsync([node.Url]);
        var status = await SendAsync(gateway.Url.Port, "POST /api/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n");
        Assert.InRange(status, 400, 499);
    }

    /// <summary>Kestrel takes it for 5, so what counts is that the node is told 5 too.</summary>
    [Fact]
    public async Task A_signed_length_reaches_the_node_as_a_plain_one()
    {
        await using var node = await EchoNode.StartAsync("n");
        await using var gateway = await GatewayInstance.StartAsync([node.Url]);
        await SendAsync(gateway.Url.Port, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello");
        Assert.Equal((1, "5"), (node.Requests, node.LastLength));
    }

    private static async Task<int> SendAsync(int port, string request)
    {
        using var client = new TcpClient("127.0.0.1", port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        var line = await reader.ReadLineAsync(limit.Token) ?? "";
        return line.Split(' ') is [_, var status, ..] ? int.Parse(status, System.Globalization.CultureInfo.InvariantCulture) : 0;
    }
}
