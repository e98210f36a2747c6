using System.Net;
using System.Text;
using CsCheck;
using Terse.Tests.Adapters.DynamoDb;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Fuzzing;

/// <summary>Spoiled requests through the whole server on each store: every answer is a right one or a clean 4xx, never a 5xx.</summary>
public sealed class ApiFuzzTests
{
    private static readonly Gen<string> Texts = Mutations.Of(
        "abc1234", "AkQwMTljMDAwMDAwMDAwMDAwMDAwMDAw", "TAAAAAAAAAAB", "sommer winter", "https://example.com/", "red", "10", "true", "\"1767225600000\"", "W/\"1\"", "*", "\"a\", \"b\"");

    private static readonly Gen<(int Shape, string Text, string Other, bool Plain)> Requests = Gen.Select(Gen.Int[0, 12], Texts, Texts, Gen.Bool);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_Sqlite()
    {
        await using var terse = await TerseInstance.StartAsync();
        await FuzzAsync(terse, runs: 1_500);
    }

    [Fact]
    [NeedsServers]
    public async Task On_DynamoDb()
    {
        using var tables = new DynamoDbTestTables();
        await using var terse = await TerseInstance.StartAsync(await tables.SettingsAsync());
        await FuzzAsync(terse, runs: 300);
    }

    [Fact]
    [NeedsServers]
    public async Task On_PostgreSql()
    {
        await using var terse = await TerseInstance.StartAsync(new()
        {
            ["Terse:Stores:Links"] = "PostgreSql",
            ["Terse:PostgreSql:ConnectionString"] = await (await PostgreSqlServer.SharedAsync()).CreateDatabaseAsync(),
        });
        await FuzzAsync(terse, runs: 500);
    }

    private static async Task FuzzAsync(TerseInstance terse, int runs)
    {
        await terse.CreateAsync(new { url = "https://example.com/sommer", alias = "abc1234", tags = new[] { "red" } });
        await terse.CreateAsync(new { url = "https://example.com/winter", alias = "def5678" });
        Requests.Fuzz(runs, input =>
        {
            using var request = Request(input.Shape, input.Text, input.Other, input.Plain);
            using var response = terse.Admin.Send(request, Cancellation);
            Assert.True((int)response.StatusCode < 500, $"{request.Method} {request.RequestUri} {request.Headers}: {(int)response.StatusCode}");
            if (input is { Shape: 11, Plain: true }) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            if ((int)response.StatusCode >= 400 && request.RequestUri!.OriginalString.StartsWith("/api", StringComparison.Ordinal) && response.StatusCode != HttpStatusCode.MethodNotAllowed)
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        });
    }

    private static HttpRequestMessage Request(int shape, string text, string other, bool plain)
    {
        var escaped = Escape(text);
        var request = shape switch
        {
            0 => new HttpRequestMessage(HttpMethod.Get, $"/{escaped}"),
            1 => new HttpRequestMessage(HttpMethod.Get, $"/api/v1/links/{escaped}"),
            2 => new HttpRequestMessage(HttpMethod.Get, $"/api/v1/links?cursor={escaped}"),
            3 => new HttpRequestMessage(HttpMethod.Get, $"/api/v1/links?search={escaped}&tag={Escape(other)}"),
            4 => new HttpRequestMessage(HttpMethod.Get, $"/api/v1/links?tag={escaped}&limit={Escape(other)}"),
            5 => new HttpRequestMessage(HttpMethod.Post, "/api/v1/links") { Content = Json($$"""{"url":{{Quote("https://example.com/" + text)}},"title":{{Quote(other)}},"tags":[{{Quote(text)}}],"alias":{{(text.Length % 3 == 0 ? Quote(other) : "null")}}}""") },
            6 => new HttpRequestMessage(HttpMethod.Post, "/api/v1/links") { Content = Json($$"""{"url":"https://example.com/","ttl":{{Quote(text)}},"{{other}}":1}""") },
            7 => new HttpRequestMessage(HttpMethod.Post, "/api/v1/links") { Content = Json(text) },
            8 => new HttpRequestMessage(HttpMethod.Patch, "/api/v1/links/def5678") { Content = Json($$"""{"title":{{Quote(other)}},"tags":[{{Quote(text)}}]}""") },
            9 => new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/links/{escaped}"),
            10 => new HttpRequestMessage(HttpMethod.Post, "/api/v1/import") { Content = Json(text + "\n" + other) },
            11 => new HttpRequestMessage(HttpMethod.Post, "/api/v1/links/bulk") { Content = Json($$"""{"links":[{"url":{{Quote("https://example.com/" + text)}},"title":{{Quote(other)}}},{"url":{{Quote(other)}},"tags":[{{Quote(text)}}],"alias":{{Quote(text)}}},null]}""") },
            _ => new HttpRequestMessage(HttpMethod.Post, "/api/v1/links/bulk") { Content = Json($$"""{"links":[{"url":{{Quote(text)}}},{{other}}]}""") },
        };

        // What cannot be in a header never leaves the client: those are for the raw socket.
        if (plain) return request;
        if (shape is 8 or 9) request.Headers.TryAddWithoutValidation("If-Match", Printable(other));
        if (shape is 5 or 6 or 11) request.Headers.TryAddWithoutValidation("Idempotency-Key", Printable(other));
        return request;
    }

    private static string Escape(string text) => Uri.EscapeDataString(new string([.. text.Where(letter => !char.IsSurrogate(letter))])) is var escaped && escaped.Length > 3_000 ? escaped[..3_000].TrimEnd('%') : Uri.EscapeDataString(new string([.. text.Where(letter => !char.IsSurrogate(letter))]));

    private static string Printable(string text) => new([.. text.Where(letter => letter is >= ' ' and < '\u007f').Take(300)]);

    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
