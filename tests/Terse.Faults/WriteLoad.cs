using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Terse.Faults;

/// <summary>
/// Creators and editors that keep a journal of what was acknowledged. After the fault every acknowledged write must be there: a link leads to the
/// destination of its last acknowledged edit, or of a later one whose answer was lost.
/// </summary>
internal sealed class WriteLoad(Uri api, int writers) : IAsyncDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(2) })
    {
        BaseAddress = api,
        Timeout = TimeSpan.FromSeconds(10),
        DefaultRequestHeaders = { { "X-Api-Key", Rig.AdminKey } },
    };

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Journal> _journal = new();
    private readonly List<Task> _writing = [];
    private long _acknowledged;
    private long _refused;

    /// <summary>How long a writer rests after each link that it has made.</summary>
    public TimeSpan Pause { get; init; }

    public void Start()
    {
        for (var writer = 0; writer < writers; writer++)
        {
            var number = writer;
            _writing.Add(Task.Run(() => WriteAsync(number)));
        }
    }

    /// <summary>Stops writing and reads everything back, until the store is there again.</summary>
    public async Task<WriteOutcome> FinishAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writing);
        var lost = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(_journal, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (entry, _) =>
        {
            if (!entry.Value.Allows(await ReadAsync(entry.Key))) lost.Add(entry.Key);
        });
        return new WriteOutcome(_acknowledged, _refused, _journal.Values.Sum(journal => journal.Repeated), lost.Count);
    }

    private async Task WriteAsync(int writer)
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            if (Pause > TimeSpan.Zero) await Task.Delay(Pause, TimeProvider.System);
            var first = $"https://example.com/{writer}/{i}/0";
            if (await CreateAsync(first) is not { } code) continue;
            var journal = new Journal(first);
            if (!_journal.TryAdd(code, journal)) _journal[code].Repeated++;
            for (var edit = 1; edit <= i % 3; edit++)
            {
                var next = string.Create(CultureInfo.InvariantCulture, $"https://example.com/{writer}/{i}/{edit}");
                journal.Propose(next);
                if (await ChangeAsync(code, next)) journal.Confirm(next);
            }
        }
    }

    private async Task<string?> CreateAsync(string url)
    {
        try
        {
            using var answer = await _client.PostAsJsonAsync("/api/v1/links", new { url });
            if (answer.StatusCode == HttpStatusCode.Created)
            {
                Interlocked.Increment(ref _acknowledged);
                return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
        }
        return await RefusedAsync();
    }

    private async Task<bool> ChangeAsync(string code, string url)
    {
        try
        {
            using var answer = await _client.PatchAsJsonAsync($"/api/v1/links/{code}", new { url });
            if (answer.IsSuccessStatusCode)
            {
                Interlocked.Increment(ref _acknowledged);
                return true;
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
        }
        await RefusedAsync();
        return false;
    }

    private async Task<string?> RefusedAsync()
    {
        Interlocked.Increment(ref _refused);
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        return null;
    }

    private async Task<string?> ReadAsync(string code)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var answer = await _client.GetAsync($"/api/v1/links/{code}");
                if (answer.StatusCode == HttpStatusCode.NotFound) return null;
                if (answer.IsSuccessStatusCode) return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString();
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
            }
            if (attempt == 100) throw new InvalidOperationException($"{code} cannot be read back: the store did not come back.");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writing);
        _client.Dispose();
        _stop.Dispose();
    }

    /// <summary>What a link may lead to: its last confirmed destination, or one proposed after it.</summary>
    private sealed class Journal(string first)
    {
        private readonly List<string> _possible = [first];

        public int Repeated { get; set; }

        public void Propose(string destination) => _possible.Add(destination);

        public void Confirm(string destination) => _possible.RemoveRange(0, _possible.IndexOf(destination));

        public bool Allows(string? destination) => destination is not null && _possible.Contains(destination);
    }
}

/// <param name="Acknowledged">Creates and edits whose success was told.</param>
/// <param name="Refused">Those that failed, and were told so or not answered.</param>
/// <param name="Repeated">Codes given twice.</param>
/// <param name="Lost">Links whose acknowledged state is not there.</param>
internal sealed record WriteOutcome(long Acknowledged, long Refused, int Repeated, int Lost);
