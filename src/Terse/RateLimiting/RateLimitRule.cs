using System.Globalization;
using System.Text.RegularExpressions;
using Terse.Links;

namespace Terse.RateLimiting;

/// <summary>What a limit counts, and what it promises. Each is exact about its own promise; see docs/decisions/0070-four-rate-limits.md for which to take.</summary>
internal enum RateLimitAlgorithm
{
    /// <summary>A burst at once, then a steady rate: in any span of t no more than burst + limit × t / window.</summary>
    TokenBucket,

    /// <summary>A queue that drains at a steady rate: requests start no closer to each other than window / limit, and at most burst of them wait or run.</summary>
    LeakyBucket,

    /// <summary>Never more than the limit in any span as long as the window. Keeps an instant for each request.</summary>
    SlidingLog,

    /// <summary>Never more than the limit in each window of the clock; across the border of two, up to twice that.</summary>
    FixedWindow,
}

/// <param name="Name">Tells rules apart, in keys and in headers: lower-case letters, digits and hyphens.</param>
/// <param name="Limit">Requests for each <paramref name="Window"/>, 1 to <see cref="MostRequests"/>.</param>
/// <param name="Window">In whole milliseconds, 1 s to 1 day.</param>
/// <param name="Burst">How much may come at once (TokenBucket) or wait (LeakyBucket); as many as the limit unless told otherwise.</param>
internal sealed partial record RateLimitRule(string Name, RateLimitAlgorithm Algorithm, int Limit, TimeSpan Window, int Burst)
{
    public const int MostRequests = 1_000_000;

    public const int MostInLog = 10_000;

    public long WindowMilliseconds => (long)Window.TotalMilliseconds;

    /// <summary>Reads <c>TokenBucket 600/1m</c> or <c>LeakyBucket 10/1s burst 20</c>.</summary>
    public static bool TryParse(string name, string text, out RateLimitRule rule)
    {
        rule = null!;
        var match = Form().Match(text);
        if (!match.Success
            || !Enum.TryParse<RateLimitAlgorithm>(match.Groups["algorithm"].Value, ignoreCase: true, out var algorithm)
            || !int.TryParse(match.Groups["limit"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            || !Lifetime.TryParse(match.Groups["window"].Value, out var window)) return false;
        var burst = limit;
        if (match.Groups["burst"].Success && !int.TryParse(match.Groups["burst"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out burst)) return false;
        if (limit is < 1 or > MostRequests || burst is < 1 or > MostRequests || window.Value < TimeSpan.FromSeconds(1) || window.Value > TimeSpan.FromDays(1)) return false;
        if (algorithm == RateLimitAlgorithm.SlidingLog && limit > MostInLog) return false;
        rule = new RateLimitRule(name, algorithm, limit, window.Value, burst);
        return true;
    }

    [GeneratedRegex(@"^\s*(?<algorithm>[A-Za-z]+)\s+(?<limit>\d{1,7})\s*/\s*(?<window>[0-9A-Za-z ]+?)(?:\s+burst\s+(?<burst>\d{1,7}))?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

/// <param name="IsAllowed">Whether the request may go on, after <paramref name="Delay"/>.</param>
/// <param name="Remaining">How many more would be allowed at this moment.</param>
/// <param name="RetryAfter">When refused: after this long, and not a millisecond sooner, a request would be allowed if none came meanwhile.</param>
/// <param name="ResetAfter">After this long without a request all is as at the start.</param>
/// <param name="Delay">LeakyBucket: how long the request has to wait for its turn.</param>
internal readonly record struct RateLimitDecision(bool IsAllowed, long Remaining, TimeSpan RetryAfter, TimeSpan ResetAfter, TimeSpan Delay);
