using System.Collections.Concurrent;
using System.Net;

namespace Terse.Faults;

/// <summary>Follows links and tells where they led. Every answer of an experiment comes through one of these, so that clicks can be compared with answers.</summary>
internal sealed class Visitor(Uri target) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _client =
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = target, Timeout = Patience };

    private readonly ConcurrentDictionary<string, int> _reasons = new();
    private long _redirected;
    private long _unanswered;

    /// <summary>Redirects that came through, wherever they led.</summary>
    public long Redirected => Interlocked.Read(ref _redirected);

    /// <summary>Requests that may have been answered with a redirect that did not come through.</summary>
    public long Unanswered => Interlocked.Read(ref _unanswered);

    /// <summary>The most frequent failures in words.</summary>
    public string Reasons => string.Join(", ", _reasons.OrderByDescending(reason => reason.Value).Take(3).Select(reason => $"{reason.Value} × {reason.Key}"));

    /// <param name="code">What to follow.</param>
    /// <param name="mayLeadTo">The destinations that are right.</param>
    public async Task<Visit> FollowAsync(string code, Func<string, bool> mayLeadTo)
    {
        try
        {
            using var answer = await _client.GetAsync($"/{code}");
            var location = answer.Headers.Location?.OriginalString ?? "";
            if (answer.StatusCode == HttpStatusCode.Found) Interlocked.Increment(ref _redirected);
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

    private Visit Failed(string reason)
    {
        Interlocked.Increment(ref _unanswered);
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
