using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Terse.Clicks;
using Terse.Clicks.Enrichment;
using Terse.Codes;
using Terse.Links;
using Terse.Redirects.Pages;

namespace Terse.Redirects;

/// <summary>
/// Lets visitors through to links that have a password or a limit of visits. Such links are off the hot path: each visit may cost a slow hash, and costs a
/// write of the store.
/// </summary>
internal sealed class GuardedLinks(
    RedirectAnswers answers, LinkPasswords passwords, VisitTaker visits, RedirectMetrics metrics, IOptions<RedirectOptions> options, TimeProvider time,
    ClickRecorder? clicks = null, TakeSharedAttempt? sharedAttempts = null)
{
    public const string PasswordHeader = "X-Link-Password";
    private const int MaxForm = 4096;

    private readonly AttemptLimiter _attempts = new(time, "password", options.Value.PasswordsPerMinute, options.Value.PasswordsPerMinutePerAddress, sharedAttempts);

    // Only limited links pay for the bot lists, and the first of them for their reading.
    private readonly Lazy<BotList> _bots = new();

    /// <summary>
    /// The status to redirect the visitor with, or 0 when the visitor was answered otherwise.
    /// 1. The password. 2. What takes no visit is not told the destination. 3. A visit, taken in the store before the destination is told.
    /// </summary>
    public async ValueTask<int> AdmitAsync(HttpContext context, CachedLink link)
    {
        var guard = link.Guard!;
        var posted = HttpMethods.IsPost(context.Request.Method);

        // 1. Password
        if (guard.PasswordHash is { } hash && !await PassAsync(context, link, hash, posted)) return 0;

        // 2. Programs
        if (guard.Limited)
        {
            if (guard.UsedUp) return await RefuseUsedUpAsync(context, link);
            if ((VisitFlags.Of(context.Request) & ClickFlags.Prefetch) != 0)
            {
                // Browsers forget a speculative answer that is not a success, and ask again when the person really goes there.
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.CacheControl = CacheHeaders.NoStore;
                return await RefuseAsync(RedirectCount.Guarded, Task.CompletedTask);
            }

            if (HttpMethods.IsHead(context.Request.Method) || IsBot(context.Request.Headers.UserAgent.ToString()))
                return await RefuseAsync(RedirectCount.Guarded, answers.NotForPrograms(context));

            // 3. Visit
            switch (await visits.TakeAsync(ShortCode.Parse(link.Code)))
            {
                case VisitResult.Taken:
                    break;
                case VisitResult.UsedUp:
                    guard.UsedUp = true;
                    return await RefuseUsedUpAsync(context, link);
                case VisitResult.Missing:
                    return await RefuseAsync(RedirectCount.NotFound, answers.NotFound(context));
                default:
                    return await RefuseAsync(RedirectCount.Unavailable, answers.Unavailable(context));
            }
        }

        // A 307 or 308 would make the browser send the form, and with it the password, to the destination.
        return posted ? StatusCodes.Status303SeeOther : guard.RedirectStatus;
    }

    private async ValueTask<bool> PassAsync(HttpContext context, CachedLink link, string hash, bool posted)
    {
        var (password, readable) = posted ? await ReadFormAsync(context) : (context.Request.Headers[PasswordHeader].ToString(), true);
        if (!readable || string.IsNullOrEmpty(password))
        {
            await RefuseAsync(RedirectCount.Guarded, answers.AskPassword(context, link, wrong: false));
            return false;
        }

        var wait = await _attempts.TryTakeAsync(link.Code, context.Connection.RemoteIpAddress, context.RequestAborted);
        if (wait == TimeSpan.Zero)
        {
            switch (await passwords.CheckAsync(password, hash, context.RequestAborted))
            {
                case true:
                    return true;
                case false:
                    await RefuseAsync(RedirectCount.Guarded, answers.AskPassword(context, link, wrong: true));
                    return false;
                default:
                    wait = TimeSpan.FromSeconds(5);
                    break;
            }
        }

        await RefuseAsync(RedirectCount.Limited, answers.TooManyGuesses(context, link, wait));
        return false;
    }

    private static async ValueTask<(string? Password, bool Readable)> ReadFormAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentLength > MaxForm) return (null, false);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxForm;
        try
        {
            var form = await context.Request.ReadFormAsync(new FormOptions { BufferBodyLengthLimit = MaxForm, ValueCountLimit = 4 }, context.RequestAborted);
            return (form[PasswordPage.Field].ToString(), true);
        }
        catch (Exception e) when (e is BadHttpRequestException or InvalidDataException)
        {
            return (null, false);
        }
    }

    private ValueTask<int> RefuseUsedUpAsync(HttpContext context, CachedLink link)
    {
        clicks?.Record(context, ClickKind.Ended, link.Code);
        return RefuseAsync(RedirectCount.Ended, answers.Ended(context, link));
    }

    private async ValueTask<int> RefuseAsync(RedirectCount outcome, Task answer)
    {
        metrics.Count(outcome);
        await answer;
        return 0;
    }

    private bool IsBot(string userAgent) => _bots.Value.Contains(userAgent.Length > UserAgents.MaxLength ? userAgent[..UserAgents.MaxLength] : userAgent);
}
