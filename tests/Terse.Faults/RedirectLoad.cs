using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Terse.Faults;

/// <summary>
/// A steady open-loop load of redirects: a request leaves at its time whatever became of those before it. Every answer is judged against what the
/// link is known to lead to.
/// </summary>
internal sealed class RedirectLoad(Uri target, IReadOnlyList<KeyValuePair<string, string>> links, double perSecond) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _client =
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = target, Timeout = Patience };

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<long> _rightAt = new();
    private readonly ConcurrentQueue<double> _latencies = new();
    private readonly ConcurrentDictionary<string, int> _reasons = new();
    private long _sent;
    private long _wrong;
    private long _knownDown;
    private long _failed;
    private Task _sending = Task.CompletedTask;

    public long Right => _rightAt.Count;

    public void Start() => _sending = Task.Run(SendAsync);

    public async Task<RedirectOutcome> FinishAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        var right = _rightAt.Order().ToArray();
        var gap = right.Zip(right.Skip(1), (before, after) => after - before).DefaultIfEmpty(0).Max();
        var latencies = _latencies.Order().ToArray();
        return new RedirectOutcome(
            _sent, right.Length, _wrong, _knownDown, _failed, TimeSpan.FromSeconds((double)gap / Stopwatch.Frequency),
            latencies.Length == 0 ? 0 : latencies[(int)(latencies.Length * 0.99)],
            string.Join(", ", _reasons.OrderByDescending(reason => reason.Value).Take(3).Select(reason => $"{reason.Value} × {reason.Key}")));
    }

    private async Task SendAsync()
    {
        var flights = new List<Task>();
        var start = Stopwatch.GetTimestamp();
        var random = new Random(7);
        for (var i = 0L; !_stop.IsCancellationRequested; i++)
        {
            var intended = start + (long)(i / perSecond * Stopwatch.Frequency);
            var early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), intended);
            if (early > TimeSpan.Zero) await Task.Delay(early, TimeProvider.System);
            _sent++;
            flights.Add(FollowAsync(links[random.Next(links.Count)], intended));
            if (flights.Count > 10_000) flights.RemoveAll(flight => flight.IsCompleted);
        }
        await Task.WhenAll(flights);
    }

    private async Task FollowAsync(KeyValuePair<string, string> link, long intended)
    {
        try
        {
            using var answer = await _client.GetAsync($"/{link.Key}");
            if (answer.StatusCode == HttpStatusCode.Found && answer.Headers.Location?.OriginalString == link.Value)
            {
                var now = Stopwatch.GetTimestamp();
                _rightAt.Enqueue(now);
                _latencies.Enqueue(Stopwatch.GetElapsedTime(intended, now).TotalMilliseconds);
            }
            else if (answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter is not null)
            {
                Interlocked.Increment(ref _knownDown);
            }
            else if ((int)answer.StatusCode is >= 500 and < 600)
            {
                Fail($"HTTP {(int)answer.StatusCode}");
            }
            else
            {
                // Another destination, or a 404 for a link that is there: the one thing that must never happen.
                Interlocked.Increment(ref _wrong);
                _reasons.AddOrUpdate($"WRONG: HTTP {(int)answer.StatusCode} {answer.Headers.Location}", 1, static (_, count) => count + 1);
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            Fail(e is HttpRequestException http ? http.HttpRequestError.ToString() : "no answer within 5 s");
        }
    }

    private void Fail(string reason)
    {
        Interlocked.Increment(ref _failed);
        _reasons.AddOrUpdate(reason, 1, static (_, count) => count + 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        _client.Dispose();
        _stop.Dispose();
    }
}

/// <param name="Sent">Requests whose time had come.</param>
/// <param name="Right">Led to the right destination.</param>
/// <param name="Wrong">Led elsewhere, or denied a link that is there.</param>
/// <param name="KnownDown">503 with Retry-After: an honest "not now".</param>
/// <param name="Failed">Anything else: no answer, a broken connection, another 5xx.</param>
/// <param name="LongestGap">The longest time between two right answers.</param>
/// <param name="P99">Milliseconds, from the intended send time, of the right ones.</param>
/// <param name="Reasons">The most frequent failures in words.</param>
internal sealed record RedirectOutcome(long Sent, long Right, long Wrong, long KnownDown, long Failed, TimeSpan LongestGap, double P99, string Reasons);
