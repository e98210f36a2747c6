using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Terse.ApiKeys;
using Terse.Auditing;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Abuse;

/// <summary>Reports of visitors, and what an admin does about them.</summary>
internal static class AbuseEndpoints
{
    public const int MaxNote = 500;

    /// <summary>Takes what the form of the preview page sends to <c>/{code}+</c>, on nodes that answer that page.</summary>
    public static IApplicationBuilder UseReports(this IApplicationBuilder app) => app.UseMiddleware<ReportForm>();

    /// <summary>Take-downs by the blocklist, on nodes that manage links.</summary>
    public static IServiceCollection AddRescan(this IServiceCollection services) =>
        services.AddSingleton<BlocklistRescan>().AddHostedService(provider => provider.GetRequiredService<BlocklistRescan>());

    public static void MapAbuse(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Abuse").RequireAuthorization(ApiPolicies.Admin);
        api.MapGet("/reports", ListAsync).WithName("listReports");
        api.MapPost("/links/{code}/takedown", TakeDownAsync).WithName("takeDownLink");
        api.MapPost("/links/{code}/restore", RestoreAsync).WithName("restoreLink");
    }

    /// <summary>Lists what visitors reported, the last first, with each link as it is now.</summary>
    /// <param name="cursor">The next of the page before; left out for the first page.</param>
    /// <param name="limit">Reports per page, 1 to 100; 50 by default.</param>
    [ProducesResponseType<ReportListResponse>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    internal static async Task<IResult> ListAsync(IAuditStore store, ILinkStore links, string? cursor, [DefaultValue(50)] int? limit, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (limit is < 1 or > 100) errors.Add("limit", "The limit is 1 to 100.");
        if (errors.Any) return Problems.ValidationFailed(errors.ToDictionary());
        try
        {
            var page = await store.ListAsync(new AuditQuery(limit ?? 50, string.IsNullOrEmpty(cursor) ? null : cursor, Action: AuditActions.LinkReported), cancellationToken);
            var reports = new List<ReportResponse>(page.Entries.Count);
            foreach (var entry in page.Entries)
            {
                var code = entry.Subject["link:".Length..];
                var report = JsonSerializer.Deserialize<ReportState>(entry.After!, JsonSerializerOptions.Web)!;
                var link = ShortCode.TryParse(code, out var parsed) ? await links.FindAsync(parsed, cancellationToken) : null;
                reports.Add(new ReportResponse(entry.At, code, report.Reason, report.Message, link?.Destination, link?.TakenDown?.ToString().ToLowerInvariant()));
            }

            return TypedResults.Ok(new ReportListResponse(reports, page.Next));
        }
        catch (FormatException)
        {
            errors.Add("cursor", "Not a cursor of this list. Start again without one.");
            return Problems.ValidationFailed(errors.ToDictionary());
        }
    }

    /// <summary>Takes a link down: visitors are told so (410; 451 for a legal demand), and its owner cannot undo it.</summary>
    /// <param name="code">The link's code.</param>
    /// <param name="request">Why.</param>
    [ProducesResponseType<LinkResponse>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static Task<IResult> TakeDownAsync(
        string code, TakeDownRequest request, HttpContext context, LinkEditor editor, LinkCreation links, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (!Enum.TryParse<TakedownReason>(request.Reason, ignoreCase: true, out var reason) || !Enum.IsDefined(reason) || reason == TakedownReason.Blocklist || int.TryParse(request.Reason, out _))
            errors.Add("reason", "Give one of phishing, malware, spam, legal, other.");
        if (request.Note?.Length > MaxNote) errors.Add("note", $"A note has at most {MaxNote} characters.");
        return errors.Any ? Task.FromResult<IResult>(Problems.ValidationFailed(errors.ToDictionary())) : ChangeAsync(code, reason, request.Note, context, editor, links, cancellationToken);
    }

    /// <summary>Undoes a take-down.</summary>
    /// <param name="code">The link's code.</param>
    [ProducesResponseType<LinkResponse>(200)]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static Task<IResult> RestoreAsync(string code, HttpContext context, LinkEditor editor, LinkCreation links, CancellationToken cancellationToken) =>
        ChangeAsync(code, null, null, context, editor, links, cancellationToken);

    private static async Task<IResult> ChangeAsync(
        string code, TakedownReason? reason, string? note, HttpContext context, LinkEditor editor, LinkCreation links, CancellationToken cancellationToken)
    {
        if (!ShortCode.TryParse(code, out var parsed)) return Problems.LinkNotFound(code);
        var edit = await editor.TakeDownAsync(parsed, reason, null, context.User.KeyId(), note, cancellationToken);
        return edit.Outcome switch
        {
            EditOutcome.Done => TypedResults.Ok(links.Show(edit.Link!, context.Request)),
            EditOutcome.Missing => Problems.LinkNotFound(code),
            _ => Problems.ConcurrentChange(),
        };
    }
}

/// <summary>A take-down.</summary>
public sealed record TakeDownRequest
{
    /// <summary>phishing, malware, spam, legal or other. Legal is answered with 451, the others with 410.</summary>
    public string? Reason { get; init; }

    /// <summary>A word for the audit log, at most 500 characters. Visitors do not see it.</summary>
    public string? Note { get; init; }
}

/// <summary>A visitor's report.</summary>
/// <param name="At">When.</param>
/// <param name="Code">The link's code.</param>
/// <param name="Reason">phishing, malware, spam or other.</param>
/// <param name="Message">What the visitor wrote.</param>
/// <param name="Url">Where the link leads now, or null when it is gone.</param>
/// <param name="TakenDown">Why it was taken down, or null.</param>
public sealed record ReportResponse(DateTimeOffset At, string Code, string Reason, string Message, string? Url, string? TakenDown);

/// <summary>A page of reports.</summary>
/// <param name="Reports">The last first.</param>
/// <param name="Next">The cursor of the next page, or null on the last.</param>
public sealed record ReportListResponse(IReadOnlyList<ReportResponse> Reports, string? Next);
