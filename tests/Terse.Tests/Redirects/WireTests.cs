using System.Text.RegularExpressions;
using CsCheck;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Tests.Redirects;

/// <summary>What is answered on the wire is what Kestrel would have answered: two servers over links of the same kind are asked the same bytes.</summary>
public sealed partial class WireTests : IAsyncLifetime
{
    private const string Plain = "GET /known HTTP/1.1\r\nHost: sho.rt\r\n\r\n";
    private const string Last = "GET /known HTTP/1.1\r\nHost: sho.rt\r\nConnection: close\r\n\r\n";

    private const string Telling = "\r\n :/?H\t";

    private RedirectServer _wire = null!;
    private RedirectServer _kestrel = null!;

    public async ValueTask InitializeAsync() => (_wire, _kestrel) = (await StartAsync("true"), await StartAsync("false"));

    [Theory]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /known?utm_source=a&b=%20c HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\nConnection: keep-alive\r\nUser-Agent: Mozilla/5.0 (X11)\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Language: de-DE,de\r\nReferer: https://example.org/a\r\nCookie: a=b\r\nSec-GPC: 1\r\n\r\n")]
    [InlineData("GET /moved HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /temporary HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /permanent HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /edge HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /disabled HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /unknown HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /known+ HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /admin HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET //known HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /known/ HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /kn%6Fwn HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET http://sho.rt/known HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("HEAD /known HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("get /known HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("POST /known HTTP/1.1\r\nHost: sho.rt\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("GET /known HTTP/1.0\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /known HTTP/1.2\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /known\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET  /known HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost:\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\nHost: sho.rt\n\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\nX: a\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost : sho.rt\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\n folded\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\nX: a\0b\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\nX: \u00e9\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\nX:\ta\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\nno colon\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\nContent-Length: 5\r\n\r\nGET /")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\nExpect: 100-continue\r\n\r\n")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho.rt\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n")]
    [InlineData("GET /known#fragment HTTP/1.1\r\nHost: sho.rt\r\n\r\n")]
    public async Task Wire_and_Kestrel_answer_alike(string request)
    {
        var wire = await AskAsync(_wire, Plain, request, Last);
        var kestrel = await AskAsync(_kestrel, Plain, request, Last);
        Assert.NotEmpty(kestrel);
        Assert.Equal(kestrel, wire);
    }

    [Fact]
    public async Task A_request_may_arrive_in_any_two_pieces()
    {
        var whole = await AskAsync(_wire, Plain, Last);
        for (var at = 1; at < Plain.Length; at++) Assert.Equal(whole, await AskAsync(_wire, Plain[..at], Plain[at..] + Last));
    }

    [Fact]
    public async Task Any_damage_to_a_request_is_answered_as_Kestrel_answers_it() => await (
            from at in Gen.Int[0, Plain.Length - 1]
            from telling in Gen.Int[0, Telling.Length * 2]
            from any in Gen.Char['\0', '\u00ff']
            from how in Gen.Int[0, 2]
            let with = telling < Telling.Length ? Telling[telling] : any
            select how switch
            {
                0 => Plain[..at] + with + Plain[(at + 1)..],
                1 => Plain[..at] + with + Plain[at..],
                _ => Plain.Remove(at, 1),
            })
        .SampleAsync(
            async request =>
            {
                var wire = await AskAsync(_wire, request, Last, Last);
                var kestrel = await AskAsync(_kestrel, request, Last, Last);
                Assert.True(wire == kestrel, $"{request}\n--- Kestrel:\n{kestrel}\n--- wire:\n{wire}");
            },
            iter: 300, threads: 2);

    [Fact]
    public async Task Pipelined_requests_are_answered_in_their_order()
    {
        for (var i = 0; i < 200; i++) _wire.Put($"p{i}", $"https://example.com/{i}");
        await using var connection = await RawConnection.OpenAsync(_wire.Client.BaseAddress!);
        await connection.SendAsync(string.Concat(Enumerable.Range(0, 200).Select(i => $"GET /p{i} HTTP/1.1\r\nHost: sho.rt\r\n\r\n")));
        var answers = await connection.ReadHeadsAsync(200);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"https://example.com/{i}"), Locations().Matches(answers).Select(match => match.Groups[1].Value));
        Assert.Equal(200, _wire.Count(RedirectCount.Redirected));
    }

    [Fact]
    public async Task An_edit_is_seen_by_the_next_request_of_an_open_connection()
    {
        await using var connection = await RawConnection.OpenAsync(_wire.Client.BaseAddress!);
        await connection.SendAsync(Plain);
        Assert.Contains("Location: https://example.com/\r\n", await connection.ReadHeadsAsync(1), StringComparison.Ordinal);
        _wire.Time.Advance(TimeSpan.FromMilliseconds(5));
        _wire.Changes.Publish(LinkChange.Changed(_wire.Put("known", "https://example.com/edited")));
        await connection.SendAsync(Plain);
        Assert.Contains("Location: https://example.com/edited\r\n", await connection.ReadHeadsAsync(1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /known HTTP/1.1\r\nHost: sho")]
    [InlineData(Plain)]
    public async Task A_client_that_keeps_the_connection_waiting_is_let_go(string first)
    {
        await using var connection = await RawConnection.OpenAsync(_wire.Client.BaseAddress!);
        await connection.SendAsync(Plain + first);
        await connection.ReadHeadsAsync(first == Plain ? 2 : 1);
        var ended = connection.ReadToEndAsync();
        while (!ended.IsCompleted)
        {
            _wire.Time.Advance(TimeSpan.FromSeconds(131));
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken));
        }
        await ended;
    }

    private static async Task<RedirectServer> StartAsync(string wire)
    {
        var server = await RedirectServer.StartAsync((nameof(RedirectOptions.Wire), wire));
        server.Put("known");
        server.Put("moved", with: link => link with { RedirectType = RedirectType.MovedPermanently });
        server.Put("temporary", with: link => link with { RedirectType = RedirectType.TemporaryRedirect });
        server.Put("permanent", with: link => link with { RedirectType = RedirectType.PermanentRedirect });
        server.Put("edge", with: link => link with { EdgeTtl = TimeSpan.FromMinutes(5) });
        server.Put("disabled", with: link => link with { Disabled = true });
        return server;
    }

    /// <summary>What is answered to all the pieces: status lines, headers in order of name, bodies, and no dates.</summary>
    private static async Task<string> AskAsync(RedirectServer server, params string[] pieces)
    {
        await using var connection = await RawConnection.OpenAsync(server.Client.BaseAddress!);
        foreach (var piece in pieces) await connection.SendAsync(piece);
        var answers = Dates().Replace(await connection.ReadToEndAsync(), "Date: now\r\n").Split("HTTP/1.1 ");
        return string.Join("HTTP/1.1 ", answers.Select(static answer =>
        {
            var head = answer.Split("\r\n\r\n", 2);
            var lines = head[0].Split("\r\n");
            return string.Join('\n', [lines[0], .. lines.Skip(1).Order(StringComparer.Ordinal), .. head.Skip(1)]);
        }));
    }

    public async ValueTask DisposeAsync()
    {
        await _wire.DisposeAsync();
        await _kestrel.DisposeAsync();
    }

    [GeneratedRegex("Date: [A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT\r\n")]
    private static partial Regex Dates();

    [GeneratedRegex("Location: (.*)\r\n")]
    private static partial Regex Locations();
}
