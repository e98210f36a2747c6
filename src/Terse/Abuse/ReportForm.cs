using Microsoft.AspNetCore.Http.Features;
using Terse.Auditing;
using Terse.Codes;
using Terse.Links;
using Terse.Redirects;
using Terse.Redirects.Pages;

namespace Terse.Abuse;

/// <summary>
/// Takes reports from the preview page's form. A report changes nothing by itself; an admin reads it. No cookie is involved, so there is no authority to be abused by a foreign page;
/// what such a page could do is spend its visitors' reports, and that <c>Sec-Fetch-Site</c> tells.
/// </summary>
internal sealed class ReportForm(RequestDelegate next, ILinkStore links, AuditLog audit, RedirectAnswers answers, TimeProvider time, TakeSharedAttempt? sharedAttempts = null)
{
    public const int MaxMessage = 1000;
    private const int MaxForm = 8192;
    private const int PerLink = 10;
    private const int PerAddress = 2;
    private static readonly StatusText Thanks = new("Thank you", "Your report was sent", "Those who run this service will look at the link.");
    private static readonly StatusText Refused = new("400", "This report cannot be read", "Send it from the form on the preview page.");
    private static readonly StatusText Enough = new("429", "Please wait a minute", "There were many reports just now. Try again in a minute.");

    private readonly AttemptLimiter _limiter = new(time, "report", PerLink, PerAddress, sharedAttempts);

    public Task InvokeAsync(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && context.Request.Path.Value is ['/', .. var rest] && rest.EndsWith('+') && ShortCode.TryParse(rest[..^1], out var code)
            ? TakeAsync(code, context)
            : next(context);

    private async Task TakeAsync(ShortCode code, HttpContext context)
    {
        if (IsForeign(context.Request) || await ReadAsync(context) is not { } form)
        {
            await answers.Say(context, Refused, StatusCodes.Status400BadRequest);
            return;
        }

        if (await _limiter.TryTakeAsync(code.Value, context.Connection.RemoteIpAddress, context.RequestAborted) > TimeSpan.Zero)
        {
            context.Response.Headers.RetryAfter = "60";
            await answers.Say(context, Enough, StatusCodes.Status429TooManyRequests);
            return;
        }

        // Who fills in the field that nobody sees, or reports what is not there, is thanked too, and learns nothing.
        if (form["website"].ToString().Length == 0 && await links.FindAsync(code, context.RequestAborted) is not null)
        {
            var reason = form["reason"].ToString() is "phishing" or "malware" or "spam" ? form["reason"].ToString() : "other";
            var message = form["message"].ToString().Trim();
            if (message.Length > MaxMessage) message = message[..MaxMessage];
            await audit.RecordAsync(Actors.Visitor, AuditActions.LinkReported, $"link:{code}", null, new ReportState(reason, message));
        }

        await answers.Say(context, Thanks, StatusCodes.Status200OK);
    }

    private static bool IsForeign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site) return site is not ("same-origin" or "none");
        return request.Headers.Origin.ToString() is { Length: > 0 } origin && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == request.Host.Value);
    }

    private static async ValueTask<IFormCollection?> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentLength > MaxForm) return null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxForm;
        try
        {
            return await context.Request.ReadFormAsync(new FormOptions { BufferBodyLengthLimit = MaxForm, ValueCountLimit = 8 }, context.RequestAborted);
        }
        catch (Exception e) when (e is BadHttpRequestException or InvalidDataException)
        {
            return null;
        }
    }
}

/// <summary>What the audit log keeps of a report. Not of whom: nobody asked for a name.</summary>
internal sealed record ReportState(string Reason, string Message);
