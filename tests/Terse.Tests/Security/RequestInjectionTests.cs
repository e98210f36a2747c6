using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Security;

/// <summary>What a caller writes into a request leads nobody elsewhere, and forges no line of the log.</summary>
public sealed partial class RequestInjectionTests
{
    private const string Destination = "https://example.com/kept?a=b#c";
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/known?url=//evil.example")]
    [InlineData("/known?next=https://evil.example/&to=https://evil.example/")]
    [InlineData("/known?//evil.example")]
    [InlineData("/known?%0d%0aLocation:%20https://evil.example/")]
    [InlineData("http://evil.example/known", "Host: evil.example")]
    [InlineData("/known", "Host: evil.example")]
    [InlineData("/known", "Host: a\r\nX-Forwarded-Host: evil.example")]
    [InlineData("/known", "Host: a\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: ftp\r\nX-Forwarded-For: 192.0.2.1")]
    [InlineData("/known", "Host: a\r\nForwarded: host=evil.example;proto=http")]
    [InlineData("/known", "Host: a\r\nX-Original-URL: //evil.example\r\nX-Rewrite-URL: //evil.example")]
    [InlineData("/known", "Host: a\r\nReferer: https://evil.example/\r\nOrigin: https://evil.example")]
    public async Task No_part_of_a_request_changes_where_a_link_leads(string target, string headers = "Host: a")
    {
        // A trusted proxy too: even one that is believed about the host says nothing about the destination.
        foreach (var trusted in (string[])["", "127.0.0.0/8"])
        {
            await using var terse = await TerseInstance.StartAsync(new() { ["Terse:TrustedProxies"] = trusted });
            await terse.CreateAsync(new { url = Destination, alias = "known" });
            await using var connection = await RawConnection.OpenAsync(terse.Url);
            await connection.SendAsync($"GET {target} HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n");
            Assert.Equal([Destination], Location().Matches(await connection.ReadToEndAsync()).Select(match => match.Groups[1].Value));
        }
    }

    [Theory]
    [InlineData("//evil.example/known")]
    [InlineData("/known//evil.example")]
    [InlineData("/known/..//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/%2f%2fevil.example")]
    [InlineData("/unknown?url=//evil.example")]
    public async Task What_is_no_link_leads_nowhere(string target)
    {
        await using var terse = await TerseInstance.StartAsync();
        await terse.CreateAsync(new { url = Destination, alias = "known" });
        await using var connection = await RawConnection.OpenAsync(terse.Url);
        await connection.SendAsync($"GET {target} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n");
        Assert.Empty(Location().Matches(await connection.ReadToEndAsync()));
    }

    [Fact]
    public async Task Line_breaks_in_what_a_caller_sends_make_no_line_in_the_log()
    {
        const string Forged = "FORGED";
        using var logs = new CapturedLogs();
        await using (var terse = await TerseInstance.StartAsync(configure: services => services.AddLogging(logging => logging.AddProvider(logs))))
        {
            foreach (var breaks in (string[])["\r\n", "\n", "\r", "\u001b[2K\u001b[1G", "\u0085", "\u2028"])
            {
                // Where JSON carries it: titles, aliases, tags, destinations, names of keys, notes.
                (await terse.Admin.PostJsonAsync("/api/v1/links", new { url = "https://example.com/", title = $"a{breaks}{Forged}" })).Dispose();
                (await terse.Admin.PostJsonAsync("/api/v1/links", new { url = $"https://example.com/{breaks}{Forged}", alias = $"a{breaks}{Forged}", tags = new[] { $"a{breaks}{Forged}" } })).Dispose();
                (await terse.Admin.PostJsonAsync("/api/v1/keys", new { name = $"a{breaks}{Forged}", scopes = new[] { $"read{breaks}{Forged}" } })).Dispose();

                // Where a URL carries it: the path and the query, of redirects and of the API.
                var escaped = Uri.EscapeDataString(breaks + Forged);
                foreach (var path in (string[])[$"/a{escaped}", $"/a?b={escaped}", $"/api/v1/links/a{escaped}", $"/api/v1/links?cursor={escaped}", $"/api/v1/audit?subject={escaped}", $"/{escaped}/{escaped}"])
                    (await terse.Admin.GetAsync(path, Cancelled)).Dispose();

                // Where a header carries it, as only a socket can send it.
                foreach (var header in (string[])["User-Agent", "X-Api-Key", "Authorization", "Referer", "X-Request-Id", "traceparent", "If-Match"])
                {
                    await using var connection = await RawConnection.OpenAsync(terse.Url);
                    await connection.SendAsync($"GET /api/v1/links HTTP/1.1\r\nHost: a\r\n{header}: a{breaks}{Forged}\r\nConnection: close\r\n\r\n");
                    await connection.ReadToEndAsync();
                }
            }
        }

        Assert.NotEmpty(logs.Lines);
        Assert.DoesNotContain(logs.Lines, line => Breaks().IsMatch(line));
    }

    [GeneratedRegex(@"^Location: ([^\r\n]*)\r$", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Location();

    [GeneratedRegex(@"[\p{C}\u2028\u2029]+FORGED")]
    private static partial Regex Breaks();
}
