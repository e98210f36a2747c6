using Terse.Codes;
using Terse.Links;

namespace Terse.Redirects;

/// <summary>
/// The hot path. A request that L1 answers passes through here without a lock, an await, or an allocation of ours.
/// 1. Take only GET and HEAD of a code. 2. Ask L1. 3. Answer. What L1 cannot answer is resolved on the way out of the hot path.
/// </summary>
internal sealed class RedirectMiddleware(
    RequestDelegate next, LinkResolver resolver, RedirectAnswers answers, MissLimiter misses, HotCodes hot, RedirectMetrics metrics, TimeProvider time)
{
    private const int SampleMask = HotCodes.Sampling - 1;

    public Task InvokeAsync(HttpContext context)
    {
        // 1. Take
        var path = context.Request.Path.Value;
        if (path is null || path.Length is < 2 or > ShortCode.MaxLength + 2) return next(context);
        var code = path.AsSpan(1);
        var preview = code[^1] == '+';
        if (preview) code = code[..^1];
        if (!ShortCode.IsWellFormed(code)) return next(context);
        var method = context.Request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)) return next(context);

        // 2. Ask L1, which reserved words never reach
        var now = time.GetTimestamp();
        var link = resolver.TryGetCached(code, now);
        if (link is null) return ReservedWords.Contains(code) ? next(context) : ResolveAsync(context, ShortCode.Parse(code.ToString()), preview, now);

        // 3. Answer
        if (preview || !link.IsLink || now >= link.EndsAt || link.Status == StatusCodes.Status410Gone)
        {
            if (!link.IsLink) metrics.Count(RedirectCount.NegativeHits);
            return AnswerRestAsync(context, Resolution.Of(link), preview, now);
        }
        Redirect(context, link, link.CacheControl, now);
        return Task.CompletedTask;
    }

    private void Redirect(HttpContext context, CachedLink link, string cacheControl, long started)
    {
        answers.Redirect(context.Response, link, cacheControl);
        metrics.Count(RedirectCount.Redirected);

        // The low bits of a nanosecond clock are as good as dice, and are already at hand.
        if ((started & SampleMask) == 0)
        {
            hot.Record(link.Code, started);
            metrics.RecordDuration(time.GetElapsedTime(started));
        }
    }

    private async Task ResolveAsync(HttpContext context, ShortCode code, bool preview, long started)
    {
        metrics.Count(RedirectCount.L1Misses);
        var wait = misses.MustWait(context.Connection.RemoteIpAddress, started);
        if (wait > TimeSpan.Zero)
        {
            metrics.Count(RedirectCount.Limited);
            await answers.TooManyMisses(context, wait);
            return;
        }

        var resolution = await resolver.ResolveAsync(code, started);
        var now = time.GetTimestamp();
        if (!preview && resolution.Link is { Status: not StatusCodes.Status410Gone } link && now < link.EndsAt)
            Redirect(context, link, now < link.FreshUntil ? link.CacheControl : CacheHeaders.NoStore, started);
        else
            await AnswerRestAsync(context, resolution, preview, now);
    }

    private Task AnswerRestAsync(HttpContext context, Resolution resolution, bool preview, long now)
    {
        switch (resolution)
        {
            case { State: ResolutionState.Unavailable }:
                metrics.Count(RedirectCount.Unavailable);
                return answers.Unavailable(context);

            case { Link: { } link } when link.Status == StatusCodes.Status410Gone || now >= link.EndsAt:
                metrics.Count(RedirectCount.Ended);
                return answers.Ended(context);

            case { Link: { } link } when preview:
                metrics.Count(RedirectCount.Previewed);
                return answers.Preview(context, link, now);
        }

        var address = context.Connection.RemoteIpAddress;
        var wait = misses.MustWait(address, now);
        if (wait > TimeSpan.Zero)
        {
            metrics.Count(RedirectCount.Limited);
            return answers.TooManyMisses(context, wait);
        }
        misses.Miss(address, now);
        metrics.Count(RedirectCount.NotFound);
        return answers.NotFound(context);
    }
}
