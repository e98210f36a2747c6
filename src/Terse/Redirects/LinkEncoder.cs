using Microsoft.Extensions.Options;
using Terse.Links;

namespace Terse.Redirects;

/// <summary>Turns what the store answers into what L1 keeps.</summary>
internal sealed class LinkEncoder(IOptions<RedirectOptions> options, TimeProvider time, Random random)
{
    // Timestamps count from an arbitrary start; a century ahead of it is as good as never and cannot overflow.
    private static readonly TimeSpan Never = TimeSpan.FromDays(36_500);

    public CachedLink Encode(Link link)
    {
        var now = time.GetUtcNow();
        var ttl = Jittered(options.Value.L1Ttl);
        var left = link.EndsAt - now;
        return new CachedLink
        {
            Code = link.Code.Value,
            Status = link switch
            {
                { TakenDown: TakedownReason.Legal } => CachedLink.TakenDownByLawStatus,
                { TakenDown: not null } => CachedLink.TakenDownStatus,
                { Disabled: true } => CachedLink.SwitchedOffStatus,
                { MaxVisits: not null } or { PasswordHash: not null } => CachedLink.GuardedStatus,
                _ => (int)link.RedirectType,
            },
            Guard = link.MaxVisits is null && link.PasswordHash is null ? null : new LinkGuard(link),
            Version = link.Version,
            FreshUntil = After(ttl),
            EndsAt = left > Never ? long.MaxValue : After(left),
            Location = LocationHeader.Encode(link.Destination),
            CacheControl = link is { MaxVisits: null, PasswordHash: null, TakenDown: null } && link.EdgeTtl > TimeSpan.Zero ? CacheHeaders.For(link.EdgeTtl, left - ttl) : CacheHeaders.NoStore,
            Title = link.Title,
            CreatedAtMilliseconds = link.CreatedAt.ToUnixTimeMilliseconds(),
        };
    }

    public CachedLink EncodeMissing(string code) => CachedLink.Negative(code, version: 0, After(Jittered(options.Value.NegativeTtl)));

    /// <summary>Moments spread evenly over the time from now to <paramref name="within"/> later.</summary>
    public Func<long> DueWithin(TimeSpan within) => () => After(within * random.NextDouble());

    private TimeSpan Jittered(TimeSpan ttl) => ttl * (1 - random.NextDouble() / 10);

    private long After(TimeSpan delay) => time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
}
