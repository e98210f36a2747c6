using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Terse.Codes;
using Terse.Links;
using Terse.Portability;
using Terse.Redirects;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Fuzzing;

/// <summary>What outsiders write is taken or refused, never the cause of an exception, and never slow.</summary>
public sealed class ParserFuzzTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_code_that_is_taken_has_legal_characters_only_and_comes_back_the_same() =>
        Mutations.Of("abc1234", "My-Alias_1", "a", new string('x', 64)).Fuzz(20_000, text =>
        {
            if (!ShortCode.TryParse(text, out var code)) return;
            Assert.Equal(text, code.Value);
            Assert.Matches("^[0-9A-Za-z_-]{1,64}\\z", text);
        });

    [Fact]
    public async Task A_destination_that_is_taken_is_ASCII_without_controls_and_canonical_and_makes_a_legal_header()
    {
        await using var terse = await TerseInstance.StartAsync();
        var policy = terse.App.Services.GetRequiredService<DestinationPolicy>();
        Mutations.Of("https://example.com/a/b?c=d&e=%20#f", "http://user@host:8080/", "https://[2001:db8::1]:443/x", "https://bücher.example/straße?q=ü", "https://xn--bcher-kva.example/",
            "HTTPS://EXAMPLE.COM:443", "mailto:a@example.com", "//example.com", "https://127.1/", "https://0x7f000001/").Fuzz(8_000, text =>
        {
            if (policy.Refuses(text, new HostString("go.example"), out var canonical) is { } reason)
            {
                Assert.NotEmpty(reason);
                return;
            }

            Assert.True(canonical.All(letter => letter is > ' ' and < '\u007f'), $"{text} became {canonical}");
            Assert.Matches("^https?://", canonical);
            Assert.True(LocationHeader.Encode(canonical).All(letter => letter is > ' ' and < '\u007f'));
            Assert.Null(policy.Refuses(canonical, new HostString("go.example"), out var again));
            Assert.Equal(canonical, again);
        });
    }

    [Theory]
    [InlineData("https://xn--bcher-k-１bcher-kva.exa")]
    [InlineData("https://xn--ü.example/")]
    [InlineData("//\u202e\u202e\u202e\u202e\u202e\u202e\u202e\u202e")]
    [InlineData("file://\u202e\u202e\u202e\u202e\u202e\u202e\u202e\u202e")]
    [InlineData("\\\\\u202e\u202e\u202e\u202e\u202e\u202e\u202e\u202e")]
    public async Task A_host_that_the_framework_throws_at_is_refused(string url)
    {
        await using var terse = await TerseInstance.StartAsync();

        using var answer = await terse.Admin.PostJsonAsync("/api/v1/links", new { url });

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_host_that_reads_otherwise_the_second_time_is_refused()
    {
        await using var terse = await TerseInstance.StartAsync();

        using var answer = await terse.Admin.PostJsonAsync("/api/v1/links", new { url = "https://0x7f0000\u202e01/" });

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public void A_lifetime_is_read_or_refused_at_once() =>
        Mutations.Of("90s", "15 min", "2 days", "1 week, 3 days", "2w 3d", "1 month", "3600", "1m    1m    1m    1m    1m    1m    1m    1m    1m    1m    1m    1m").Fuzz(20_000, text =>
        {
            if (Lifetime.TryParse(text, out var lifetime)) Assert.InRange(lifetime.Value, TimeSpan.Zero, TimeSpan.FromDays(200 * 366));
        });

    [Theory]
    [InlineData("1m", 4)]
    [InlineData("1m", 8)]
    [InlineData("1s", 12)]
    [InlineData("1mo", 3)]
    public async Task A_lifetime_with_many_gaps_and_a_wrong_end_is_refused_at_once(string part, int gap)
    {
        var unit = part + new string(' ', gap);
        var text = string.Concat(Enumerable.Repeat(unit, 99 / unit.Length)) + "!";
        var began = Stopwatch.GetTimestamp();

        // In a task of its own: the engine for patterns cannot be interrupted.
        Assert.False(await Task.Run(() => Lifetime.TryParse(text, out _), Cancellation).WaitAsync(TimeSpan.FromSeconds(20), Cancellation));

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Words_of_any_text_are_short_and_have_no_separator() =>
        Mutations.Of("https://www.shop.example/angebote/sommer_2026?utm=Größe", "big SALE", "ГОРОД straße", "%d8%00%zz").Fuzz(10_000, text =>
        {
            foreach (var word in SearchWords.OfSearch(text))
            {
                Assert.InRange(word.Length, 1, SearchWords.MaxLength + 1);
                Assert.DoesNotContain(' ', word);
            }
        });

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public void Any_import_file_is_read_to_its_end(string kind)
    {
        var format = kind == "csv" ? ImportFormat.Csv : ImportFormat.JsonLines;
        Mutations.Of(
            "code,url,title,tags\nabc,https://example.com/,\"A \"\"title\"\"\",\"a,b\"\n",
            "longUrl;keyword\r\nhttps://example.com/;x\r\n",
            """{"link":{"code":"abc","url":"https://example.com/","createdAt":"2026-01-31T12:00:00Z","tags":["a"]}}""" + "\n" + """{"url":"https://example.com/"}""",
            """{"instance":{"codeLength":7,"highWater":4096}}""",
            """{"apiKey":{"id":"aB34567890","name":"x","hash":"AAAA","scopes":["admin"]}}""").Fuzz(4_000, text =>
        {
            // Lone surrogates cannot be in a file: they become U+FFFD here as they would there.
            using var file = new MemoryStream(Encoding.UTF8.GetBytes(text));
            var records = ReadAsync(file, format).GetAwaiter().GetResult();
            Assert.All(records, record => Assert.True(record.Line is null != record.Reason is null));
        });

        static async Task<List<ImportRecord>> ReadAsync(Stream file, ImportFormat format)
        {
            var records = new List<ImportRecord>();
            await foreach (var record in ImportSource.ReadAsync(file, format, Cancellation)) records.Add(record);
            return records;
        }
    }
}
