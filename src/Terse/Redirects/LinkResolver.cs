using Microsoft.Extensions.Options;
using Terse.Codes;

namespace Terse.Redirects;

/// <summary>Whether a code can exist at all: false for a generated code that the permutation says was never issued.</summary>
internal delegate bool CodeMayExist(ReadOnlySpan<char> code);

/// <summary>Finds the answer for a code: L1, then one flight per code to what lies behind.</summary>
internal sealed class LinkResolver(
    LinkCache cache, LinkReader reader, LinkEncoder encoder, CodeMayExist mayExist,
    RedirectMetrics metrics, IOptions<RedirectOptions> options, TimeProvider time)
{
    // A link that changes more often than this within one read is answered as read, and not kept.
    private const int MostReads = 3;

    private readonly long _staleFor = (long)(options.Value.StaleFor.TotalSeconds * time.TimestampFrequency);

    /// <summary>The fresh entry in L1, a negative one included, or null.</summary>
    public CachedLink? TryGetCached(ReadOnlySpan<char> code, long now) => cache.TryGetFresh(code, now);

    /// <summary>
    /// What is known about a code that <see cref="TryGetCached"/> did not find.
    /// 1. Refuse by arithmetic. 2. Join the code's flight, or fly. 3. Read until no change overtakes the read. 4. All down: what L1 still has.
    /// </summary>
    public ValueTask<Resolution> ResolveAsync(ShortCode code, long now)
    {
        // 1. Refuse
        if (!mayExist(code.Value))
        {
            metrics.Count(RedirectCount.Refused);
            return new(Resolution.Unknown);
        }

        // 2. Join
        if (cache.Board(code, now, out var flight, out var isPilot) is { } fresh) return new(Resolution.Of(fresh));
        if (isPilot) return new(FlyAsync(flight));
        metrics.Count(RedirectCount.Coalesced);
        return new(flight.Landed);
    }

    private async Task<Resolution> FlyAsync(Flight flight)
    {
        metrics.Count(RedirectCount.Flights);
        var resolution = Resolution.Unavailable;
        try
        {
            resolution = await ReadAsync(flight);
        }
        finally
        {
            cache.Abandon(flight);
            flight.Land(resolution);
        }
        return resolution;
    }

    private async ValueTask<Resolution> ReadAsync(Flight flight)
    {
        // 3. Read
        for (var attempt = 1; ; attempt++)
        {
            var read = await reader.ReadAsync(flight.Code, Volatile.Read(ref flight.LeastVersion));
            if (!read.Answered) break;

            var entry = read.Link is { } link ? encoder.Encode(link) : encoder.EncodeMissing(flight.Code.Value);
            if (cache.TryLand(flight, entry))
            {
                if (read is { IsFromStore: true, Link: { } fromStore }) reader.Share(fromStore);
                return Resolution.Of(entry);
            }
            if (attempt == MostReads) return Resolution.Of(entry);
        }

        // 4. All down
        if (cache.Abandon(flight) is not { } stale || time.GetTimestamp() - stale.FreshUntil >= _staleFor) return Resolution.Unavailable;
        metrics.Count(RedirectCount.StaleServed);
        return Resolution.Of(stale);
    }
}
