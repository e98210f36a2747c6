using System.Net.Sockets;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Terse.Tests.Gateway;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Fuzzing;

/// <summary>HTTP as only an attacker writes it, byte by byte on a socket.</summary>
public class RawHttpTests : IAsyncLifetime
{
    private TerseInstance _terse = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Where the bytes go.</summary>
    private protected virtual WebApplication Door => _terse.App;

    private protected virtual long MostBody => 64L << 20;

    private protected virtual int Spoiled => 400;

    private protected Uri Node => _terse.Url;

    private Uri DoorUrl => new(Door.Urls.First());

    public virtual async ValueTask InitializeAsync() => _terse = await TerseInstance.StartAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _terse.DisposeAsync();
    }

    [Theory]
    [InlineData("GET /x HTTP/1.1\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost : a\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\nX\0Y: b\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n")]
    [InlineData("GET  /x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1 \r\nHost: a\r\n\r\n")]
    [InlineData("GET x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("G\0T /x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET http://other/x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST /api/v1/links HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /api/v1/links HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello")]
    [InlineData("POST /api/v1/links HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello")]
    [InlineData("POST /api/v1/links HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("POST /api/v1/links HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("POST /api/v1/links HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n")]
    [InlineData("POST /api/v1/links HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    public async Task What_is_not_HTTP_is_refused_and_the_connection_ends(string request) =>
        Assert.InRange(Assert.Single(await StatusesAsync(request)), 400, 499);

    [Theory]
    [InlineData("5\r\nhelloX")]
    [InlineData("-5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("FFFFFFFFFFFFFFFFF\r\n")]
    [InlineData("5 5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("zz\r\n")]
    public async Task A_body_in_broken_chunks_is_refused(string body)
    {
        var statuses = await StatusesAsync(Post("Transfer-Encoding: chunked", body));

        Assert.Equal(400, Assert.Single(statuses));
    }

    [Theory]
    [InlineData("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 60", "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked\r\nContent-Length: 3", "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("Transfer-Encoding:\vchunked\r\nContent-Length: 3", "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task What_two_servers_may_read_differently_is_4xx_and_no_second_request_comes_out_of_it(string headers, string body)
    {
        var statuses = await StatusesAsync(Post(headers, body));

        Assert.InRange(Assert.Single(statuses), 400, 499);
    }

    [Fact]
    public async Task Headers_and_request_lines_that_are_too_long_are_refused()
    {
        Assert.Equal(414, Assert.Single(await StatusesAsync($"GET /{new string('x', 20_000)} HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.Equal(431, Assert.Single(await StatusesAsync($"GET /x HTTP/1.1\r\nHost: a\r\nX: {new string('x', 70_000)}\r\n\r\n")));
        Assert.Equal(431, Assert.Single(await StatusesAsync($"GET /x HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Range(0, 500).Select(n => $"X{n}: y\r\n"))}\r\n")));
    }

    [Fact]
    public async Task A_body_that_says_it_is_too_large_is_refused_before_it_is_sent() =>
        Assert.Equal(413, Assert.Single(await StatusesAsync(Post("Content-Length: 2000000000", "{"))));

    [Fact]
    public async Task Clients_that_send_a_byte_now_and_then_keep_nobody_waiting_and_have_a_limit()
    {
        var slow = new List<TcpClient>();
        try
        {
            for (var n = 0; n < 200; n++)
            {
                var client = new TcpClient("127.0.0.1", DoorUrl.Port);
                slow.Add(client);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(n % 2 == 0 ? "GET /x HT" : "POST /api/v1/links HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"), Cancellation);
            }

            using var anonymous = new HttpClient { BaseAddress = DoorUrl };
            using var answer = await anonymous.GetAsync("/health/live", Cancellation);

            Assert.True(answer.IsSuccessStatusCode);
            var limits = Door.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
            Assert.InRange(limits.RequestHeadersTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
            Assert.NotNull(limits.MinRequestBodyDataRate);
            Assert.InRange(limits.MaxRequestBodySize ?? long.MaxValue, 1, MostBody);
        }
        finally
        {
            foreach (var client in slow) client.Dispose();
        }
    }

    [Fact]
    public void Spoiled_requests_are_answered_or_refused_and_never_500() => Mutations.Of(
        "GET /abc1234 HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nUser-Agent: x\r\nReferer: https://example.com/\r\nAccept-Language: de,en;q=0.5\r\nConnection: close\r\n\r\n",
        $"PATCH /api/v1/links/abc1234 HTTP/1.1\r\nHost: a\r\nX-Api-Key: {TerseInstance.AdminKey}\r\nIf-Match: \"1\", W/\"2\"\r\nContent-Type: application/json\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{{\"title\":\"x\"}}",
        $"POST /api/v1/links HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TerseInstance.AdminKey}\r\nIdempotency-Key: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1e\r\n{{\"url\":\"https://example.com/\"}}\r\n0\r\n\r\n").Fuzz(Spoiled, request =>
    {
        var statuses = StatusesAsync(request, patienceSeconds: 0.3).GetAwaiter().GetResult();
        Assert.All(statuses, status => Assert.True(status is < 500 or 501 or 505, $"{status}"));
    });

    private static string Post(string headers, string body) =>
        $"POST /api/v1/links HTTP/1.1\r\nHost: a\r\nX-Api-Key: {TerseInstance.AdminKey}\r\nContent-Type: application/json\r\n{headers}\r\n\r\n{body}";

    /// <summary>Sends the bytes, and reads the statuses of all answers until the server ends the connection, or patience ends: what is not whole yet may be waited for.</summary>
    private async Task<int[]> StatusesAsync(string request, double patienceSeconds = 60)
    {
        using var client = new TcpClient("127.0.0.1", DoorUrl.Port);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(patienceSeconds));
        var answer = new MemoryStream();
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), patience.Token);
            await stream.CopyToAsync(answer, patience.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // The server ended the connection before it had read all, or waits for more.
        }

        return [.. Encoding.Latin1.GetString(answer.ToArray()).Split("HTTP/1.1 ").Skip(1).Select(part => int.Parse(part.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture))];
    }
}

/// <summary>The same at the gateway, in front of such a node.</summary>
public sealed class RawHttpAtTheGatewayTests : RawHttpTests
{
    private GatewayInstance _gateway = null!;

    private protected override WebApplication Door => _gateway.App;

    private protected override int Spoiled => 100;

    private protected override long MostBody => 1_000_000_000;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _gateway = await GatewayInstance.StartAsync([Node]);
    }

    public override async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await base.DisposeAsync();
    }
}
