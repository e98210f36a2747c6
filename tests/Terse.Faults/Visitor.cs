using System.Collections.Concurrent;
using System.Net;

namespace Terse.Faults;

/// <summary>
/// Follows links and tells where they led. Every visit of an experiment comes through one of these, told from every other by its campaign tags, so that
/// what was counted can be compared with what was answered, visit by visit.
/// </summary>
internal sealed class Visitor(Uri target) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _client =
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = target, Timeout = Patience };

    private readonly ConcurrentDictionary<string, int> _reasons = new();
    private readonly ConcurrentBag<int> _redirected = [];
    private readonly string _name = $"{Guid.NewGuid():N}"[..8];
    private int _visits;

    /// <summary>As many visits as the API lists of one dimension have one source.</summary>
    public const int VisitsPerSource = 1000;

    /// <summary>How many visits there were.</summary>
    public int Visits => Volatile.Read(ref _visits);

    /// <summary>The visits whose redirect came through, wherever it led.</summary>
    public IReadOnlyCollection<int> Redirected => _redirected;

    /// <summary>The sources of all visits, in order.</summary>
    public IEnumerable<string> Sources => Enumerable.Range(0, (Visits + VisitsPerSource - 1) / VisitsPerSource).Select(SourceOf);

    /// <summary>The most frequent failures in words.</summary>
    public string Reasons => string.Join(", ", _reasons.OrderByDescending(reason => reason.Value).Take(3).Select(reason => $"{reason.Value} × {reason.Key}"));

    /// <param name="code">What to follow.</param>
    /// <param name="mayLeadTo">The destinations that are right.</param>
    public async Task<Visit> FollowAsync(string code, Func<string, bool> mayLeadTo)
    {
        try
        {
            var visit = Interlocked.Increment(ref _visits) - 1;
            using var answer = await _client.GetAsync($"/{code}?utm_source={SourceOf(visit / VisitsPerSource)}&utm_campaign={visit % VisitsPerSource}");
            var location = answer.Headers.Location?.OriginalString ?? "";
            if (answer.StatusCode == HttpStatusCode.Found) _redirected.Add(visit);
            if (answer.StatusCode == HttpStatusCode.Found && mayLeadTo(location)) return Visit.Right;
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter is not null) return Visit.KnownDown;
            if ((int)answer.StatusCode is >= 500 and < 600) return Failed($"HTTP {(int)answer.StatusCode}");

            // Another destination, or a 404 for a link that is there: the one thing that must never happen.
            Note($"WRONG: HTTP {(int)answer.StatusCode} {location}");
            return Visit.Wrong;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return Failed(e is HttpRequestException http ? http.HttpRequestError.ToString() : "no answer within 5 s");
        }
    }

    public void Dispose() => _client.Dispose();

    private string SourceOf(int thousand) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_name}-{thousand}");

    private Visit Failed(string reason)
    {
        Note(reason);
        return Visit.Failed;
    }

    /// <summary>Counts a failure under these words.</summary>
    public void Note(string reason) => _reasons.AddOrUpdate(reason, 1, static (_, count) => count + 1);
}

internal enum Visit
{
    Right,

    /// <summary>503 with Retry-After: an honest "not now".</summary>
    KnownDown,

    /// <summary>No answer, a broken connection, another 5xx.</summary>
    Failed,

    /// <summary>Led elsewhere, or denied a link that is there.</summary>
    Wrong,
}
