using Terse.Clicks;
using Terse.Codes;
using Terse.Links;

namespace Terse.Redirects;

/// <summary>
/// The hot path. A request that L1 answers passes through here without a lock, an await, or an allocation of ours.
/// 1. Take only GET and HEAD of a code. 2. Ask L1. 3. Answer, and record the click. What L1 cannot answer is resolved on the way out of the hot path.
/// </summary>
internal sealed class RedirectMiddleware(
    RequestDelegate next, LinkResolver resolver, RedirectAnswers answers, GuardedLinks guards, MissLimiter misses, HotCodes hot, RedirectMetrics metrics, TimeProvider time,
    ClickRecorder? clicks = null)
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
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
            return HttpMethods.IsPost(method) && !preview && context.Request.HasFormContentType && !ReservedWords.Contains(code) ? PostAsync(context, ShortCode.Parse(code.ToString())) : next(context);

        // 2. Ask L1, which reserved words never reach
        var now = time.GetTimestamp();
        var link = resolver.TryGetCached(code, now);
        if (link is null) return ReservedWords.Contains(code) ? next(context) : ResolveAsync(context, ShortCode.Parse(code.ToString()), preview, now);

        // 3. Answer
        if (preview || !link.IsOpen || now >= link.EndsAt)
        {
            if (!link.IsLink) metrics.Count(RedirectCount.NegativeHits);
            return AnswerRestAsync(context, Resolution.Of(link), preview, now, now);
        }
        Redirect(context, link, link.Status, link.CacheControl, now);
        return Task.CompletedTask;
    }

    private void Redirect(HttpContext context, CachedLink link, int status, string cacheControl, long started)
    {
        answers.Redirect(context.Response, link, status, cacheControl);
        clicks?.Record(context, ClickKind.Redirected, link.Code);
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
        if (!preview && resolution.Link is { IsOpen: true } link && now < link.EndsAt)
            Redirect(context, link, link.Status, now < link.FreshUntil ? link.CacheControl : CacheHeaders.NoStore, started);
        else
            await AnswerRestAsync(context, resolution, preview, now, started);
    }

    /// <summary>A password that a form sends. Links without one take no POST: that is for others to answer.</summary>
    private async Task PostAsync(HttpContext context, ShortCode code)
    {
        var started = time.GetTimestamp();
        var resolution = resolver.TryGetCached(code.Value, started) is { } cached ? Resolution.Of(cached)
            : misses.MustWait(context.Connection.RemoteIpAddress, started) > TimeSpan.Zero ? Resolution.Unknown
            : await resolver.ResolveAsync(code, started);
        if (resolution.Link?.Guard?.PasswordHash is null) await next(context);
        else await AnswerRestAsync(context, resolution, preview: false, time.GetTimestamp(), started);
    }

    private async Task AdmitAsync(HttpContext context, CachedLink link, long started)
    {
        if (await guards.AdmitAsync(context, link) is > 0 and var status) Redirect(context, link, status, CacheHeaders.NoStore, started);
    }

    private Task AnswerRestAsync(HttpContext context, Resolution resolution, bool preview, long now, long started)
    {
        switch (resolution)
        {
            case { State: ResolutionState.Unavailable }:
                metrics.Count(RedirectCount.Unavailable);
                return answers.Unavailable(context);

            case { Link: { } link } when !(link.IsOpen || link.IsGuarded) || now >= link.EndsAt:
                metrics.Count(RedirectCount.Ended);
                clicks?.Record(context, ClickKind.Ended, link.Code);
                return answers.Ended(context, link);

            case { Link: { } link } when preview:
                metrics.Count(RedirectCount.Previewed);
                return answers.Preview(context, link, now);

            case { Link: { IsGuarded: true } link }:
                return AdmitAsync(context, link, started);
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
        clicks?.Record(context, ClickKind.NotFound, "");
        return answers.NotFound(context);
    }
}
