namespace Terse.RateLimiting;

/// <summary>
/// Counts requests against limits, in this process or for a whole fleet. Every clause below is one test of the contract suite.
/// </summary>
internal interface IRateLimitStore
{
    /// <summary>
    /// Asks for one request of <paramref name="subject"/> (an API key's id, an address) under <paramref name="rule"/>, and counts it if it is allowed.
    /// <list type="bullet">
    /// <item>What is allowed is exactly what the rule's algorithm promises, and never less: a request is refused only when allowing it would break the promise.</item>
    /// <item>That holds for any number of callers at once.</item>
    /// <item>A refused request does not count.</item>
    /// <item>Subjects do not share, nor do rules of different names.</item>
    /// <item><paramref name="now"/> is the caller's clock, in milliseconds. A call with an earlier one than the latest seen for the subject counts as made then.</item>
    /// <item>A refusal says when a request will be allowed, to the millisecond.</item>
    /// </list>
    /// </summary>
    /// <exception cref="Links.StoreUnavailableException">It cannot be told now. Nothing was counted, as far as is known.</exception>
    ValueTask<RateLimitDecision> TakeAsync(RateLimitRule rule, string subject, DateTimeOffset now, CancellationToken cancellationToken);
}
