using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Terse.Redirects;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Gateway;

/// <summary>Requests that two servers in a row could read differently are refused by each of ours, whichever comes first.</summary>
public sealed class SmugglingTests
{
    public static TheoryData<string, string> Shapes => new()
    {
        { "a length and chunks", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "chunks and a length", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" },
        { "two lengths", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nGET /" },
        { "a list of lengths", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello" },
        { "a negative length", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" },
        { "an unknown encoding", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { "chunks that are not last", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" },
        { "a bare line feed after the request line", "GET /x HTTP/1.1\nHost: a\r\n\r\n" },
        { "a bare line feed after a header", "GET /x HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n" },
        { "a bare carriage return", "GET /x HTTP/1.1\r\nHost: a\r\nX-A: b\rContent-Length: 5\r\n\r\n" },
        { "a space before the colon", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello" },
        { "a folded header", "GET /x HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n" },
        { "a null in a header", "GET /x HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n" },
        { "two hosts", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
        { "no host", "GET /x HTTP/1.1\r\n\r\n" },
        { "a target that is not the host", "GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "headers without an end", "GET /x HTTP/1.1\r\nHost: a\r\nX-A: {40000}\r\n\r\n" },
        { "a signed length", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello" },
        { "a length with a space in it", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1 5\r\n\r\nhello" },
        { "a length beyond all lengths", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0000000000000000000000000000000005\r\n\r\nhello" },
        { "a length in other digits", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task The_gateway_refuses_it_and_no_node_sees_it(string what, string request)
    {
        await using var node = await EchoNode.StartAsync("n");
        await using var gateway = await GatewayInstance.StartAsync([node.Url]);
        var (status, ended) = await SendAsync(gateway.Url.Port, request);
        Assert.True(IsRefusal(status) && ended && node.Requests == 0, $"{what}: answered {status}, and {node.Requests} requests reached the node.");
    }

    [Fact]
    public async Task A_node_refuses_each_and_ends_the_connection()
    {
        await using var node = await TerseInstance.StartAsync();
        await RefusesAllAsync(node.Url.Port);
    }

    [Fact]
    public async Task A_node_that_answers_on_the_wire_refuses_each_and_ends_the_connection()
    {
        await using var node = await TerseInstance.StartAsync(configure: services => services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigureEndpointDefaults(static listen => listen.UseWireRedirects())));
        await RefusesAllAsync(node.Url.Port);
    }

    [Fact]
    public async Task A_chunk_with_a_wrong_size_ends_the_connection()
    {
        await using var node = await EchoNode.StartAsync("n");
        await using var gateway = await GatewayInstance.StartAsync([node.Url]);
        var (status, _) = await SendAsync(gateway.Url.Port, "POST /api/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n");
        Assert.InRange(status, 400, 499);
    }

    /// <summary>Each shape at a code, at a route of the API, and as a GET, which redirects take by themselves.</summary>
    private static async Task RefusesAllAsync(int port)
    {
        foreach (var (what, request) in Shapes.Select(shape => shape.Data))
        {
            foreach (var shape in new[] { request, request.Replace("/x ", "/api/v1/links ", StringComparison.Ordinal), request.Replace("POST", "GET", StringComparison.Ordinal) })
            {
                var (status, ended) = await SendAsync(port, shape);
                Assert.True(IsRefusal(status) && ended, $"{what}: answered {status}{(ended ? "" : ", and the connection stays")}.");
            }
        }
    }

    /// <summary>Of the request itself: not of a key that is missing, or a method that the route does not have.</summary>
    private static bool IsRefusal(int status) => status is 400 or 413 or 414 or 431 or 501;

    /// <summary>The status of the first answer, and whether the connection ends behind it.</summary>
    private static async Task<(int Status, bool Ended)> SendAsync(int port, string request)
    {
        using var client = new TcpClient("127.0.0.1", port);
        await using var stream = client.GetStream();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request.Replace("{40000}", new string('a', 40_000), StringComparison.Ordinal)), limit.Token);
            await stream.CopyToAsync(answer, limit.Token);
        }
        catch (OperationCanceledException)
        {
            return (Status(answer), false);
        }
        catch (IOException)
        {
            // Ended before all was read.
        }
        return (Status(answer), true);
    }

    private static int Status(MemoryStream answer) =>
        Encoding.Latin1.GetString(answer.ToArray()).Split(' ') is [_, var status, ..] ? int.Parse(status, System.Globalization.CultureInfo.InvariantCulture) : 0;
}
