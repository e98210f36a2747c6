using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Contracts;

/// <summary>
/// Two API nodes on one store make links at once, over HTTP: no code twice, none lost, every alias given once, every idempotency key one link.
/// An adapter says with which settings both nodes open its store. TERSE_TWO_NODES_LINKS makes it long: 100,000, a million.
/// </summary>
public abstract class TwoNodesContract(ITestOutputHelper output)
{
    private const int Bulk = 250;
    private const int Clients = 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The settings of one store, the same for both nodes.</summary>
    protected abstract Task<Dictionary<string, string?>> SettingsAsync();

    [Fact]
    public async Task Two_nodes_on_one_store_make_links_at_once_and_none_is_lost_or_made_twice()
    {
        var links = int.TryParse(Environment.GetEnvironmentVariable("TERSE_TWO_NODES_LINKS"), CultureInfo.InvariantCulture, out var told) ? told : 4_000;
        var settings = await SettingsAsync();
        await using var one = await TerseInstance.StartAsync(settings);
        await using var two = await TerseInstance.StartAsync(settings);
        TerseInstance[] nodes = [one, two];
        var made = new ConcurrentDictionary<string, string>();
        var clock = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var n = client; n < links / Bulk; n += Clients)
            {
                foreach (var link in await CreateBulkAsync(nodes, n)) Assert.True(made.TryAdd(link.Text("code"), link.Text("url")), $"{link.Text("code")} was given twice.");
            }
        }, Cancellation)));

        output.WriteLine($"{made.Count:N0} links in {clock.Elapsed.TotalSeconds:N1} s by two nodes");
        Assert.Equal(links / Bulk * Bulk, made.Count);
        Assert.Equal(made.Count, made.Values.Distinct().Count());
        Assert.Equal(made.OrderBy(static link => link.Key, StringComparer.Ordinal), (await AllAsync(two)).OrderBy(static link => link.Key, StringComparer.Ordinal));
        foreach (var (code, url) in made.Take(200))
        {
            using var followed = await nodes[code.Length % 2].Anonymous.GetAsync($"/{code}", Cancellation);
            Assert.Equal((HttpStatusCode.Found, url), (followed.StatusCode, followed.Headers.Location?.OriginalString));
        }
    }

    [Fact]
    public async Task Of_two_nodes_one_gives_an_alias_and_a_retried_creation_on_either_is_one_link()
    {
        var settings = await SettingsAsync();
        await using var one = await TerseInstance.StartAsync(settings);
        await using var two = await TerseInstance.StartAsync(settings);
        TerseInstance[] nodes = [one, two];

        var aliases = await Task.WhenAll(Enumerable.Range(0, 40).Select(async n =>
        {
            using var response = await nodes[n % 2].Admin.PostJsonAsync("/api/v1/links", new { url = $"https://alias.example/{n}", alias = $"contested{n / 8}" });
            return response.StatusCode;
        }));
        var retries = await Task.WhenAll(Enumerable.Range(0, 40).Select(async n =>
        {
            while (true)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/links") { Content = JsonContent.Create(new { url = $"https://once.example/{n / 8}" }) };
                request.Headers.Add("Idempotency-Key", $"key-{n / 8}");
                using var response = await nodes[n % 2].Admin.SendAsync(request, Cancellation);
                if (response.StatusCode != HttpStatusCode.Conflict) return (await response.JsonAsync()).Text("code");
            }
        }));

        Assert.Equal(5, aliases.Count(static status => status == HttpStatusCode.Created));
        Assert.Equal(35, aliases.Count(static status => status == HttpStatusCode.Conflict));
        Assert.Equal(5, retries.Distinct().Count());
    }

    /// <summary>As a client does it: what a busy store did not take is asked for again under the same key, of the other node.</summary>
    private static async Task<JsonElement[]> CreateBulkAsync(TerseInstance[] nodes, int n)
    {
        for (var attempt = n; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/links/bulk")
            {
                Content = JsonContent.Create(new { links = Enumerable.Range(n * Bulk, Bulk).Select(static i => new { url = $"https://two.example/{i}" }) }),
            };
            request.Headers.Add("Idempotency-Key", $"bulk-{n}");
            // What the last try has claimed and not made is free again once its lease has run out, by the nodes' clocks.
            if (attempt > n)
                foreach (var node in nodes) node.Time.Advance(TimeSpan.FromSeconds(1));
            using var response = await nodes[attempt % 2].Admin.SendAsync(request, Cancellation);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable) continue;
            Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}");
            var results = (await response.JsonAsync()).GetProperty("results").EnumerateArray().ToArray();
            Assert.All(results, static result => Assert.Contains(result.GetProperty("status").GetInt32(), new[] { 201, 409, 503 }));
            if (results.All(static result => result.GetProperty("status").GetInt32() == 201)) return [.. results.Select(static result => result.GetProperty("link"))];
        }
    }

    private static async Task<Dictionary<string, string>> AllAsync(TerseInstance node)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        string? next = null;
        do
        {
            using var response = await node.Admin.GetAsync($"/api/v1/links?limit=1000{(next is null ? "" : $"&cursor={next}")}", Cancellation);
            var page = await response.JsonAsync();
            foreach (var link in page.GetProperty("links").EnumerateArray()) all.Add(link.Text("code"), link.Text("url"));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        return all;
    }
}
