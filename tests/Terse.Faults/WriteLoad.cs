using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Terse.Faults;

/// <summary>
/// Creators and editors that keep a journal of what was acknowledged. After the fault every acknowledged write must be there: a link leads to the
/// destination of its last acknowledged edit, or of a later one whose answer was lost. A visitor, where there is one, follows each link as soon as it is
/// made, and some of those that were edited once more at the end.
/// </summary>
internal sealed class WriteLoad(Uri api, int writers, Visitor? visitor = null) : IAsyncDisposable
{
    /// <summary>Within which an edit is seen at last: Redis is connected to again, a beat tells of the gap, and L1 is read again.</summary>
    private static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(15);
    private const int Looks = 200;

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
    private long _denied;
    private int _unseen;

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
        await SeeEditsAsync(age: TimeSpan.Zero, SeenWithin);
        return new WriteOutcome(_acknowledged, _refused, _journal.Values.Sum(journal => journal.Repeated), lost.Count, _denied, _unseen);
    }

    /// <summary>Follows links whose last edit was acknowledged at least <paramref name="age"/> ago; what is not seen within <paramref name="patience"/> is counted.</summary>
    public async Task SeeEditsAsync(TimeSpan age, TimeSpan patience)
    {
        if (visitor is null) return;
        var edited = _journal.Where(entry => entry.Value.IsSettledFor(age)).Take(Looks);
        await Parallel.ForEachAsync(edited, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (entry, cancellationToken) =>
        {
            for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken))
            {
                var (seen, last) = (false, "");
                var visit = await visitor.FollowAsync(entry.Key, destination =>
                {
                    (seen, last) = (entry.Value.Allows(destination), destination);
                    return true;
                });
                if (seen) return;
                if (Stopwatch.GetElapsedTime(started) < patience || visit is Visit.KnownDown or Visit.Failed && Stopwatch.GetElapsedTime(started) < SeenWithin) continue;
                Interlocked.Increment(ref _unseen);
                visitor.Note($"edit not seen after {patience.TotalSeconds:0} s: {visit} {last}");
                return;
            }
        });
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
            if (visitor is not null && await visitor.FollowAsync(code, journal.Allows) == Visit.Wrong) Interlocked.Increment(ref _denied);
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
        private readonly Lock _lock = new();
        private readonly List<string> _possible = [first];
        private long _confirmedAt = long.MaxValue;

        public int Repeated { get; set; }

        public void Propose(string destination)
        {
            lock (_lock) _possible.Add(destination);
        }

        public void Confirm(string destination)
        {
            lock (_lock)
            {
                _possible.RemoveRange(0, _possible.IndexOf(destination));
                _confirmedAt = Stopwatch.GetTimestamp();
            }
        }

        public bool Allows(string? destination)
        {
            lock (_lock) return destination is not null && _possible.Contains(destination);
        }

        /// <summary>Whether it was edited, and the last edit, of which nobody waits for the answer, was confirmed so long ago.</summary>
        public bool IsSettledFor(TimeSpan age)
        {
            lock (_lock) return _possible.Count == 1 && _confirmedAt != long.MaxValue && Stopwatch.GetElapsedTime(_confirmedAt) >= age;
        }
    }
}

/// <param name="Acknowledged">Creates and edits whose success was told.</param>
/// <param name="Refused">Those that failed, and were told so or not answered.</param>
/// <param name="Repeated">Codes given twice.</param>
/// <param name="Lost">Links whose acknowledged state is not there.</param>
/// <param name="Denied">Links that led elsewhere, or were said not to be there, as soon as they were made.</param>
/// <param name="Unseen">Edits that visitors did not come to see.</param>
internal sealed record WriteOutcome(long Acknowledged, long Refused, int Repeated, int Lost, long Denied, int Unseen);
