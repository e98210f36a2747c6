using System.ComponentModel.DataAnnotations;

namespace Terse.RateLimiting;

/// <summary>
/// Limits of the management API, on nodes with the role Api and at <c>terse gateway</c> alike; one of the two is enough. A limit is written as algorithm, requests, and window: <c>TokenBucket 600/1m</c>, <c>LeakyBucket 10/1s burst 20</c>,
/// <c>SlidingLog 100/1h</c>, <c>FixedWindow 10000/1d</c>. Redirects have a limit of their own, for unknown codes alone.
/// </summary>
internal sealed class RateLimitOptions : IValidatableObject
{
    public const string Section = "Terse:RateLimits";

    /// <summary>Where requests are counted: <c>Local</c> (each node for itself) or <c>Redis</c> (one count for the fleet; needs <c>Terse:Redis:Endpoints</c>).</summary>
    [AllowedValues("Local", "Redis", ErrorMessage = "Terse:RateLimits:Store must be Local or Redis.")]
    public string Store { get; set; } = "Local";

    /// <summary>The limit of each API key; at the gateway of each key that is sent, right or wrong. Empty: none.</summary>
    public string PerKey { get; set; } = "";

    /// <summary>The limit of each client address (an IPv6 /64 counts as one), with or without a key. Empty: none.</summary>
    public string PerIp { get; set; } = "";

    /// <summary>
    /// Limits of single routes, for each caller (its key, or its address without one), as <c>METHOD PATH = LIMIT</c> separated by semicolons, the path as
    /// the API reference has it: <c>POST /api/v1/links/bulk = FixedWindow 10/1m; DELETE /api/v1/links/{code} = TokenBucket 60/1m</c>. Empty: none.
    /// </summary>
    public string PerRoute { get; set; } = "";

    /// <summary>What happens when the count cannot be asked: <c>Open</c> (requests pass) or <c>Closed</c> (503).</summary>
    [AllowedValues("Open", "Closed", ErrorMessage = "Terse:RateLimits:OnFailure must be Open or Closed.")]
    public string OnFailure { get; set; } = "Open";

    /// <summary>How long asking the count may take. 5 ms to 10 seconds; 200 ms by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.005", "00:00:10", ErrorMessage = "Terse:RateLimits:Timeout must be 00:00:00.005 to 00:00:10.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(200);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        const string Form = "must be ALGORITHM LIMIT/WINDOW, such as TokenBucket 600/1m, with TokenBucket, LeakyBucket, SlidingLog (up to 10000) or FixedWindow, 1 to 1000000 requests, and a window of 1 second to 1 day.";
        if (PerKey.Length > 0 && !RateLimitRule.TryParse("key", PerKey, out _)) yield return new($"Terse:RateLimits:PerKey {Form}");
        if (PerIp.Length > 0 && !RateLimitRule.TryParse("ip", PerIp, out _)) yield return new($"Terse:RateLimits:PerIp {Form}");
        if (!RouteLimits.TryParse(PerRoute, out _)) yield return new($"Terse:RateLimits:PerRoute must be METHOD PATH = LIMIT, separated by semicolons; each limit {Form}");
    }
}
