using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Terse.Tests.Infrastructure;

[NeedsServers]
public sealed class ServersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nats_answers_with_JetStream()
    {
        var nats = await NatsServer.SharedAsync();
        var hello = await AskAsync(nats.Port, "");
        Assert.StartsWith("INFO {", hello, StringComparison.Ordinal);
        Assert.Contains("\"jetstream\":true", hello, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redis_answers()
    {
        var redis = await RedisServer.SharedAsync();
        Assert.Equal("+PONG", await AskAsync(redis.Port, "PING\r\n"));
    }

    [Fact]
    public async Task PostgreSql_gives_each_test_a_database()
    {
        var server = await PostgreSqlServer.SharedAsync();
        var first = await server.CreateDatabaseAsync();
        var second = await server.CreateDatabaseAsync();
        Assert.NotEqual(first, second);
        var database = first[(first.LastIndexOf('=') + 1)..];
        Assert.Equal($"{database}|C|UTF8", await server.SqlAsync("select current_database(), datcollate, pg_encoding_to_char(encoding) from pg_database where datname = current_database()", database));
    }

    [Fact]
    public async Task Dynalite_lists_no_tables_at_first()
    {
        await using var dynalite = await DynaliteServer.StartAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, dynalite.Url)
        {
            Content = new StringContent("{}", MediaTypeHeaderValue.Parse("application/x-amz-json-1.0")),
            Headers = { { "X-Amz-Target", "DynamoDB_20120810.ListTables" }, { "X-Amz-Date", "20260101T000000Z" } },
        };
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=a");
        using var answer = await client.SendAsync(request, Cancellation);
        Assert.Equal("{\"TableNames\":[]}", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_killed_server_comes_back_on_its_port_with_what_it_kept()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        await server.SqlAsync("create table kept (id int); insert into kept values (7)");
        var port = server.Port;
        await server.KillAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.SqlAsync("select 1"));
        await server.RestartAsync();
        Assert.Equal((port, "7"), (server.Port, await server.SqlAsync("select id from kept")));
    }

    [Fact]
    public async Task All_tests_share_one_server()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RedisServer.SharedAsync()));
        Assert.Single(servers.Distinct());
    }

    /// <summary>The first line of the answer to <paramref name="question"/>.</summary>
    private static async Task<string> AskAsync(int port, string question)
    {
        using var client = new TcpClient("127.0.0.1", port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(question), Cancellation);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(Cancellation) ?? "";
    }
}
