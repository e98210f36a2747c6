using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Terse.EndToEnd;

public sealed class CommandLineTests : WithDataDirectory
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_start_prints_the_address_and_a_working_admin_key_and_the_second_no_key()
    {
        string key;
        await using (var first = await TerseProcess.ServeAsync(Data, withKnownKey: false))
        {
            await first.WritesAsync("Try it:");
            Assert.Contains(first.Url.GetLeftPart(UriPartial.Authority), first.Output, StringComparison.Ordinal);
            key = System.Text.RegularExpressions.Regex.Match(first.Output, "terse_[0-9A-Za-z]{10}_[0-9A-Za-z]{32}").Value;
            using var client = first.Client(key);
            using var answer = await client.GetAsync("/api/v1/keys", Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            TestContext.Current.TestOutputHelper?.WriteLine($"First start to first answer: {first.StartUp.TotalMilliseconds:0} ms");
            await first.KillAsync();
        }

        await using var second = await TerseProcess.ServeAsync(Data, withKnownKey: false);
        using var again = second.Client(key);
        using var still = await again.GetAsync("/api/v1/keys", Cancellation);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);

        // At the end all that it wrote is known.
        second.Terminate();
        await second.ExitAsync();
        Assert.Contains("Terse is ready", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("terse_", second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Terse:Codes:Mode must be Ranges or Snowflake", "--set", "Codes:Mode=Random")]
    [InlineData("Terse:Urls must be", "--urls", "5080")]
    [InlineData("Terse:Codes:RangeSize must be 1 to 1000000.", "--set", "Codes:RangeSize=0")]
    [InlineData("Terse:DuckDb:Threads must be 0 to 1024.", "--set", "DuckDb:Threads=-1")]
    [InlineData("NAME=VALUE", "--set", "Codes")]
    [InlineData("--dta", "--dta", "x")]
    public async Task A_wrong_option_ends_the_program_with_a_sentence(string sentence, params string[] arguments)
    {
        await using var terse = await TerseProcess.RunAsync(["--data", Data, .. arguments]);
        Assert.Equal(1, terse.ExitCode);
        Assert.Contains(sentence, terse.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", terse.Errors + terse.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused_with_a_sentence()
    {
        await using var first = await TerseProcess.ServeAsync(Data);
        await using var second = await TerseProcess.RunAsync("--data", Data, "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("in use by a running terse", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGTERM_lets_it_finish_and_ends_with_0()
    {
        await using var terse = await TerseProcess.ServeAsync(Data);
        using var client = terse.Client();
        var requests = Enumerable.Range(0, 200).Select(i => client.PostAsJsonAsync("/api/v1/links", new { url = $"https://example.com/{i}" }, Cancellation)).ToArray();
        await Task.WhenAny(requests);
        terse.Terminate();
        var finished = 0;
        foreach (var request in requests)
        {
            try
            {
                using var answer = await request;
                Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
                finished++;
            }
            catch (HttpRequestException)
            {
                // It had not been accepted when the server stopped listening.
            }
        }

        await terse.ExitAsync();
        Assert.Equal(0, terse.ExitCode);
        Assert.True(finished > 0);
    }

    [Fact]
    public async Task Keys_are_made_listed_and_revoked_beside_a_running_server()
    {
        await using var server = await TerseProcess.ServeAsync(Data);
        await using var created = await TerseProcess.RunAsync("keys", "create", "a script", "--scope", "read", "--data", Data);
        Assert.Equal(0, created.ExitCode);
        var key = created.Output.Trim();
        using var client = server.Client(key);
        using var answer = await client.GetAsync("/api/v1/links", Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        await using var listed = await TerseProcess.RunAsync("keys", "list", "--data", Data);
        Assert.Contains("a script", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(key, listed.Output, StringComparison.Ordinal);

        await using var revoked = await TerseProcess.RunAsync("keys", "revoke", key.Split('_')[1], "--data", Data);
        Assert.Equal(0, revoked.ExitCode);
        await using var again = await TerseProcess.RunAsync("keys", "revoke", key.Split('_')[1], "--data", Data);
        Assert.Equal(1, again.ExitCode);
    }

    [Fact]
    public async Task A_key_is_narrowed_to_its_own_links_and_told_when_its_scopes_make_no_sense()
    {
        await using var server = await TerseProcess.ServeAsync(Data);
        await using var alone = await TerseProcess.RunAsync("keys", "create", "a script", "--scope", "own", "--data", Data);
        Assert.Equal(1, alone.ExitCode);
        Assert.Contains("together with read, write or both", alone.Errors, StringComparison.Ordinal);

        await using var created = await TerseProcess.RunAsync("keys", "create", "a script", "--scope", "read", "own", "--data", Data);
        Assert.Contains("Scopes: read, own.", created.Errors, StringComparison.Ordinal);
        using var client = server.Client(created.Output.Trim());
        using var answer = await client.GetAsync("/api/v1/stats", Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task An_export_imported_elsewhere_keeps_codes_keys_and_the_permutation_key()
    {
        var file = Path.Combine(Data, "export.jsonl");
        string code;
        await using (var server = await TerseProcess.ServeAsync(Data))
        {
            using var client = server.Client();
            using var made = await client.PostAsJsonAsync("/api/v1/links", new { url = "https://example.com/here" }, Cancellation);
            code = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("code").GetString()!;
            await using var export = await TerseProcess.RunAsync("export", "--output", file, "--data", Data);
            Assert.Equal(0, export.ExitCode);
            await server.KillAsync();
        }

        var elsewhere = Path.Combine(Data, "elsewhere");
        await using var import = await TerseProcess.RunAsync("import", file, "--data", elsewhere);
        Assert.Equal((0, ""), (import.ExitCode, import.Errors));
        await using var other = await TerseProcess.ServeAsync(elsewhere, withKnownKey: false);
        using var reader = other.Client();
        using var click = await reader.GetAsync($"/{code}", Cancellation);
        Assert.Equal("https://example.com/here", click.Headers.Location?.OriginalString);

        var second = Path.Combine(Data, "second.jsonl");
        await using var exportAgain = await TerseProcess.RunAsync("export", "--output", second, "--data", elsewhere);
        Assert.Equal(PermutationKey(file), PermutationKey(second));
        Assert.Equal(File.ReadLines(file).Last(), File.ReadLines(second).Last());

        static string PermutationKey(string path) => JsonDocument.Parse(File.ReadLines(path).First()).RootElement.GetProperty("instance").GetProperty("permutationKey").GetString()!;
    }
}
