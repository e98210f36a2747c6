using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Terse.EndToEnd;

public sealed class KillTests : WithDataDirectory
{
    private const int Kills = 20;
    private const int Creators = 64;

    [Fact]
    public async Task Every_link_that_was_confirmed_survives_20_kills_under_64_creators_and_no_code_repeats()
    {
        var confirmed = new ConcurrentDictionary<string, string>();
        var random = new Random(20260131);
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var terse = await TerseProcess.ServeAsync(Data);
            using var client = terse.Client();
            var before = confirmed.Count;
            var killed = false;
            var creators = Enumerable.Range(0, Creators).Select(creator => Task.Run(async () =>
            {
                for (var i = 0; !Volatile.Read(ref killed); i++)
                {
                    var url = $"https://example.com/{kill}/{creator}/{i}";
                    if (await TryCreateAsync(client, url) is { } code) Assert.True(confirmed.TryAdd(code, url), $"{code} was given twice.");
                }
            })).ToArray();

            // The moment is drawn by progress, not by time: after some hundreds of links, wherever the others are then.
            var target = before + random.Next(100, 1500);
            while (confirmed.Count < target) await Task.Yield();
            await terse.KillAsync();
            Volatile.Write(ref killed, true);
            await Task.WhenAll(creators);
        }

        await using var survivor = await TerseProcess.ServeAsync(Data);
        using var reader = survivor.Client();
        await Parallel.ForEachAsync(confirmed, TestContext.Current.CancellationToken, async (link, cancellationToken) =>
        {
            using var answer = await reader.GetAsync($"/{link.Key}", cancellationToken);
            Assert.Equal((HttpStatusCode.Found, link.Value), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{confirmed.Count} confirmed links over {Kills} kills.");
    }

    private static async Task<string?> TryCreateAsync(HttpClient client, string url)
    {
        try
        {
            using var answer = await client.PostAsJsonAsync("/api/v1/links", new { url });
            return answer.StatusCode == HttpStatusCode.Created ? (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString() : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
