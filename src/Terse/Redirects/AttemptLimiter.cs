using System.Net;
using System.Text;
using Terse.Codes;
using Terse.Links;
using Terse.RateLimiting;

namespace Terse.Redirects;

/// <summary>Counts an attempt for the whole fleet, where nodes share something to count in.</summary>
internal delegate ValueTask<RateLimitDecision> TakeSharedAttempt(RateLimitRule rule, string subject, DateTimeOffset now, CancellationToken cancellationToken);

/// <summary>
/// Limits what visitors may try on a link in a minute, and at once: all of them together, and each address. On this node in constant memory whatever is sent;
/// with <paramref name="shared"/> on all nodes together too. While that cannot be asked, each node's own limit is what holds.
/// </summary>
/// <param name="name">Of what is tried: it keeps limits apart.</param>
internal sealed class AttemptLimiter(TimeProvider time, string name, int perLink, int perAddress, TakeSharedAttempt? shared)
{
    /// <summary>How long the fleet's count is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private readonly BucketTable _links = new(time, perLink, perLink);
    private readonly BucketTable _visitors = new(time, perAddress, perAddress);
    private readonly RateLimitRule _ofLink = Rule($"{name}-link", perLink);
    private readonly RateLimitRule _ofVisitor = Rule($"{name}-visitor", perAddress);

    /// <summary>Zero when the attempt may be made, which it then counts as; else how long until it may.</summary>
    public async ValueTask<TimeSpan> TryTakeAsync(string code, IPAddress? address, CancellationToken cancellationToken)
    {
        var wait = TryTakeHere(code, address, out var visitor);
        if (wait > TimeSpan.Zero || shared is null) return wait;

        // The visitor first: what one address is refused does not use up what is left for the others.
        if (visitor is not null && await WaitOfFleetAsync(_ofVisitor, $"{code}:{visitor}", cancellationToken) is { Ticks: > 0 } ofVisitor) return ofVisitor;
        return await WaitOfFleetAsync(_ofLink, code, cancellationToken);
    }

    private TimeSpan TryTakeHere(string code, IPAddress? address, out string? visitor)
    {
        var now = time.GetTimestamp();
        Span<byte> key = stackalloc byte[ShortCode.MaxLength + ClientAddress.MaxLength];
        var length = Encoding.ASCII.GetBytes(code, key);
        visitor = ClientAddress.TryWrite(address, key[length..], out var written) ? Convert.ToHexStringLower(key.Slice(length, written)) : null;
        if (visitor is not null && _visitors.TryTake(key[..(length + written)], now) is { Ticks: > 0 } wait) return wait;
        return _links.TryTake(key[..length], now);
    }

    private async ValueTask<TimeSpan> WaitOfFleetAsync(RateLimitRule rule, string subject, CancellationToken cancellationToken)
    {
        try
        {
            var decision = await shared!(rule, subject, time.GetUtcNow(), cancellationToken).AsTask().WaitAsync(Patience, time, cancellationToken);
            return decision.IsAllowed ? TimeSpan.Zero : decision.RetryAfter;
        }
        catch (Exception e) when (e is StoreUnavailableException or TimeoutException)
        {
            return TimeSpan.Zero;
        }
    }

    private static RateLimitRule Rule(string name, int perMinute) => new(name, RateLimitAlgorithm.TokenBucket, perMinute, TimeSpan.FromMinutes(1), perMinute);
}
