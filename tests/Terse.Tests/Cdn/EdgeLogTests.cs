using System.Net;
using System.Text;
using System.Text.Json;
using Terse.Cdn;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Cdn;

/// <summary>It is noon of 31 January 2026.</summary>
public sealed class EdgeLogTests : IAsyncLifetime
{
    private const string Noon = "2026-01-31T12:00:00Z";
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private TerseInstance _terse = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _terse = await TerseInstance.StartAsync();

    public ValueTask DisposeAsync() => _terse.DisposeAsync();

    [Fact]
    public async Task A_visit_that_is_sent_twice_counts_once_and_logs_do_not_see_each_other()
    {
        Assert.Equal(JsonValueKind.Null, (await GetAsync("a")).GetProperty("position").ValueKind);
        Assert.Equal(2, (await CountAsync("a", Visit(100), Visit(200))).GetProperty("counted").GetInt32());
        var again = await CountAsync("a", Visit(100), Visit(200), Visit(300));
        Assert.Equal((1, 300), (again.GetProperty("counted").GetInt32(), again.GetProperty("position").GetInt64()));
        Assert.Equal(1, (await CountAsync("b", Visit(100))).GetProperty("counted").GetInt32());
        Assert.Equal(300, (await GetAsync("a")).GetProperty("position").GetInt64());
        Assert.Equal(4, (await StatisticsAsync("stats")).GetProperty("totals").GetProperty("clicks").GetInt64());
    }

    [Fact]
    public async Task Of_a_visitor_who_asks_not_to_be_followed_only_the_visit_is_counted()
    {
        await CountAsync("a", new { position = 1, at = Noon, code = "abc", @private = true, userAgent = Firefox, address = "192.0.2.1", referrer = "https://example.org/" });
        await CountAsync("a", new { position = 2, at = Noon, code = "abc", userAgent = Firefox, address = "192.0.2.1", referrer = "https://example.org/secret?x" });
        var statistics = await StatisticsAsync("stats?groupBy=browser,referrer");
        var browsers = statistics.GetProperty("groups").GetProperty("browser").EnumerateArray().ToDictionary(group => group.Text("value"), group => group.GetProperty("clicks").GetInt32());
        Assert.Equal(new Dictionary<string, int> { [""] = 1, ["Firefox"] = 1 }, browsers);
        Assert.Equal(1, statistics.GetProperty("totals").GetProperty("visitors").GetInt32());
        Assert.Contains(statistics.GetProperty("groups").GetProperty("referrer").EnumerateArray(), group => group.Text("value") == "example.org");
    }

    [Fact]
    public async Task What_cannot_be_counted_is_refused_with_its_reason_and_the_rest_counts()
    {
        var answer = await CountAsync("a", Visit(1), new { position = 2, at = "2026-02-01T12:00:00Z", code = "abc" }, new { position = 3, at = Noon, code = "not a code" }, Visit(4));
        Assert.Equal((2, 4), (answer.GetProperty("counted").GetInt32(), answer.GetProperty("position").GetInt64()));
        Assert.Equal([2, 3], answer.GetProperty("refused").EnumerateArray().Select(refused => refused.GetProperty("position").GetInt32()));

        foreach (var (log, visits) in new[] { ("UPPER", new object[] { Visit(5) }), (new string('a', 59), [Visit(5)]), ("a", [Visit(6), Visit(5)]), ("a", [Visit(7), Visit(7)]) })
        {
            using var refused = await _terse.Admin.PostJsonAsync($"/api/v1/edge-logs/{log}/visits", new { visits });
            await refused.ProblemAsync(400, "validation-failed");
        }
    }

    [Theory]
    [InlineData("""{"at": 1769860800000, "cache": "hit", "method": "GET", "url": "/abc?utm_source=x", "status": "302", "address": "192.0.2.1", "userAgent": "UA \"x\"", "referrer": "-", "gpc": "", "dnt": "-"}""", "abc", "?utm_source=x", false)]
    [InlineData("""{"at": "2026-01-31T13:00:00+01:00", "cache": "HIT", "method": "HEAD", "url": "/abc?a=b", "status": 301, "address": "192.0.2.1"}""", "abc", null, false)]
    [InlineData("""{"at": "2026-01-31T12:00:00Z", "cache": "STALE", "method": "GET", "url": "/abc", "status": 307, "gpc": "1", "address": "192.0.2.1"}""", "abc", null, true)]
    [InlineData("""{"at": 1769860800000, "cache": "hit", "method": "GET", "url": "/abc", "status": 308, "dnt": "1", "userAgent": "UA"}""", "abc", null, true)]
    [InlineData("""{"at": 1769860800000, "cache": "miss", "method": "GET", "url": "/abc", "status": 302}""", null, null, false)]
    [InlineData("""{"at": 1769860800000, "cache": "REVALIDATED", "method": "GET", "url": "/abc", "status": 302}""", null, null, false)]
    [InlineData("""{"at": 1769860800000, "cache": "hit", "method": "GET", "url": "/abc", "status": 404}""", null, null, false)]
    [InlineData("""{"at": 1769860800000, "cache": "hit", "method": "POST", "url": "/abc", "status": 302}""", null, null, false)]
    [InlineData("""{"at": 1769860800000, "cache": "hit", "method": "GET", "url": "/a/b", "status": 302}""", null, null, false)]
    public void A_line_is_a_visit_when_the_cache_answered_a_redirect_by_itself(string line, string? code, string? query, bool isPrivate)
    {
        var visit = EdgeLogLine.Read(Encoding.UTF8.GetBytes(line), 7);
        Assert.Equal((code, query, isPrivate), (visit?.Code, visit?.Query, visit?.Private ?? false));
        if (visit is null) return;
        Assert.Equal((7, new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero)), (visit.Position, visit.At));
        if (isPrivate) Assert.True(visit is { Address: null, UserAgent: null, Referrer: null, AcceptLanguage: null });
        else Assert.Equal("192.0.2.1", visit.Address);
    }

    [Theory]
    [InlineData("192.0.2.1 - - [31/Jan/2026:12:00:00 +0000] \"GET /abc HTTP/1.1\" 302 0 \"-\" \"UA\"")]
    [InlineData("""{"cache": "hit", "method": "GET", "url": "/abc", "status": "302"}""")]
    [InlineData("""{"at": "noon", "cache": "hit", "method": "GET", "url": "/abc", "status": "302"}""")]
    [InlineData("")]
    public void A_line_of_another_form_is_said_to_be_one(string line) => Assert.Throws<FormatException>(() => EdgeLogLine.Read(Encoding.UTF8.GetBytes(line), 1));

    [Fact]
    public async Task A_growing_log_is_read_as_it_grows_up_to_its_rotation_and_no_line_is_read_before_it_is_whole()
    {
        var folder = Directory.CreateTempSubdirectory("terse-test-");
        var path = Path.Combine(folder.FullName, "log");
        await File.WriteAllTextAsync(path, "first\nsec", Cancellation);
        await using (var growing = new GrowingFile(path, TimeProvider.System))
        {
            var read = new List<LogLine>();
            var reading = Task.Run(async () => { await foreach (var line in EdgeLogReader.ReadAsync(growing, Cancellation)) lock (read) read.Add(line); }, Cancellation);
            await Eventually.Is(1, () => { lock (read) return read.Count; });
            await File.AppendAllTextAsync(path, "ond\n", Cancellation);
            await Eventually.Is(2, () => { lock (read) return read.Count; });
            File.Move(path, path + ".1");
            await File.AppendAllTextAsync(path + ".1", "third\n", Cancellation);
            await File.WriteAllTextAsync(path, "another file\n", Cancellation);
            await reading.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            Assert.Equal([(6, "first"), (13, "second"), (19, "third")], read.Select(line => (line.Position, Encoding.UTF8.GetString(line.Text.Span))));
        }
        folder.Delete(recursive: true);
    }

    private static object Visit(long position) => new { position, at = Noon, code = "abc", userAgent = Firefox, address = "192.0.2.1" };

    private async Task<JsonElement> CountAsync(string log, params object[] visits)
    {
        using var response = await _terse.Admin.PostJsonAsync($"/api/v1/edge-logs/{log}/visits", new { visits });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    private async Task<JsonElement> GetAsync(string log)
    {
        using var response = await _terse.Admin.GetAsync($"/api/v1/edge-logs/{log}", Cancellation);
        return await response.JsonAsync();
    }

    private async Task<JsonElement> StatisticsAsync(string path)
    {
        using var response = await _terse.Admin.GetAsync($"/api/v1/{path}", Cancellation);
        return await response.JsonAsync();
    }
}
