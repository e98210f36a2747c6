using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Terse.Faults;

/// <summary>A running Terse to break: where its redirects and its API answer, and the processes that it consists of.</summary>
internal abstract class Rig : IAsyncDisposable
{
    public const string AdminKey = "terse_AAAAAAAAAA_0123456789abcdefghijklmnopqrstuv";

    private const int SeededLinks = 500;
    private const int Batch = 50;

    public abstract string Name { get; }

    /// <summary>Where visitors come in.</summary>
    public abstract Uri Redirects { get; }

    /// <summary>Where writers come in.</summary>
    public abstract Uri Api { get; }

    public abstract IReadOnlyList<Faulty> Parts { get; }

    /// <summary>Code and destination of links that are there and in every L1 before anything is broken.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Links { get; private set; } = [];

    /// <summary>How many requests the gateway has sent to another node because one failed, since it started. Both may have counted them.</summary>
    public virtual Task<long> ReadRetriesAsync() => Task.FromResult(0L);

    public Faulty this[string part] => Parts.First(candidate => candidate.Name == part);

    public async Task SeedAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Api };
        client.DefaultRequestHeaders.Add("X-Api-Key", AdminKey);
        var links = new List<KeyValuePair<string, string>>();
        while (links.Count < SeededLinks)
        {
            var urls = Enumerable.Range(links.Count, Batch).Select(number => $"https://example.org/seeded/{number}");
            using var made = await client.PostAsJsonAsync("/api/v1/links/bulk", new { links = urls.Select(url => new { url }) });

            // A store that has just started on a busy machine may ask for patience.
            if (made.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
                continue;
            }
            made.EnsureSuccessStatusCode();
            var results = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results").EnumerateArray();
            links.AddRange(results.Select(result => result.GetProperty("link")).Select(link => KeyValuePair.Create(link.GetProperty("code").GetString()!, link.GetProperty("url").GetString()!)));
        }
        Links = links;
        await WarmAsync();
    }

    /// <summary>Follows every link once through each way in, so that L1 has it.</summary>
    protected virtual async Task WarmAsync()
    {
        using var visitor = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Redirects };
        await Parallel.ForEachAsync(Links, async (link, cancellationToken) =>
        {
            using var answer = await visitor.GetAsync($"/{link.Key}", cancellationToken);
        });
    }

    public abstract ValueTask DisposeAsync();
}
