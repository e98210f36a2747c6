using System.Buffers;
using System.Net;
using Terse.Clicks;
using Terse.Codes;
using Terse.Links;

namespace Terse.Redirects.Wire;

internal enum WireAnswer
{
    Written,

    /// <summary>L1 does not have the code.</summary>
    Missed,

    /// <summary>The answer is not a redirect, or the path is not a code.</summary>
    NotOurs,
}

/// <summary>What <see cref="RedirectMiddleware"/> does for a redirect, on bytes.</summary>
internal sealed class WireRedirects(
    LinkResolver resolver, RedirectWriter writer, ForwardedClients forwarded, MissLimiter misses, HotCodes hot, RedirectMetrics metrics, TimeProvider time,
    ClickRecorder? clicks = null)
{
    private const int SampleMask = HotCodes.Sampling - 1;

    public bool Trusts(IPAddress? peer) => forwarded.Trusts(peer);

    public WireAnswer TryAnswer(ReadOnlySpan<char> code, in RequestHead head, IPAddress? client, IBufferWriter<byte> output)
    {
        var now = time.GetTimestamp();
        if (resolver.TryGetCached(code, now) is not { } link) return ReservedWords.Contains(code) ? WireAnswer.NotOurs : WireAnswer.Missed;
        if (!link.IsOpen || now >= link.EndsAt) return WireAnswer.NotOurs;

        writer.Write(output, link, link.CacheControl, now);
        clicks?.RecordRedirect(link.Code, head.Private ? ClickFlags.Private : ClickFlags.None, client, head.AcceptLanguage, head.UserAgent, head.Referrer);
        metrics.Count(RedirectCount.Redirected);
        if ((now & SampleMask) == 0)
        {
            hot.Record(link.Code, now);
            metrics.RecordDuration(time.GetElapsedTime(now));
        }
        return WireAnswer.Written;
    }

    /// <summary>Brings a code into L1; false when the answer will not be a redirect.</summary>
    public async ValueTask<bool> TryResolveAsync(ShortCode code, IPAddress? client)
    {
        var now = time.GetTimestamp();
        if (misses.MustWait(client, now) > TimeSpan.Zero) return false;
        metrics.Count(RedirectCount.L1Misses);
        var resolution = await resolver.ResolveAsync(code, now);
        return resolution.Link is { IsOpen: true } link && time.GetTimestamp() is var then && then < link.FreshUntil && then < link.EndsAt;
    }
}
