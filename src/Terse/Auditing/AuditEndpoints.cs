using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Terse.ApiKeys;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Auditing;

/// <summary>Reads the audit log: all of it for admins, a link's history for whoever reads links.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Audit log");
        api.MapGet("/audit", ListAsync).RequireAuthorization(ApiPolicies.Admin).WithName("listAudit");
        api.MapGet("/links/{code}/history", HistoryAsync).RequireAuthorization(ApiPolicies.Read).KeepsToOwnLinks().WithName("getLinkHistory");
    }

    /// <summary>Lists who changed what, the last change first.</summary>
    /// <param name="cursor">The next of the page before; left out for the first page.</param>
    /// <param name="limit">Entries per page, 1 to 1,000; 50 by default.</param>
    /// <param name="subject">What was changed, such as link:abc, key:Ab3… or webhook:wh_….</param>
    /// <param name="actor">The id of the API key that did it, or system, command-line or visitor.</param>
    /// <param name="action">What was done, such as link.changed.</param>
    [ProducesResponseType<AuditListResponse>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    internal static Task<IResult> ListAsync(
        IAuditStore store, string? cursor, [DefaultValue(50)] int? limit, string? subject, string? actor, string? action, CancellationToken cancellationToken) =>
        PageAsync(store, new AuditQuery(limit ?? 50, Given(cursor), Given(subject), Given(actor), Given(action)), cancellationToken);

    /// <summary>Lists a link's changes, the last first; those of a deleted link too, and of links that had the code before, unless the key has the scope own.</summary>
    /// <param name="code">The link's code.</param>
    /// <param name="cursor">The next of the page before; left out for the first page.</param>
    /// <param name="limit">Entries per page, 1 to 1,000; 50 by default.</param>
    [ProducesResponseType<AuditListResponse>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> HistoryAsync(
        string code, HttpContext context, IAuditStore store, ILinkStore links, string? cursor, [DefaultValue(50)] int? limit, CancellationToken cancellationToken)
    {
        var caller = context.User.AsLinkCaller();
        var answer = await PageAsync(store, new AuditQuery(limit ?? 50, Given(cursor), $"link:{code}"), cancellationToken, subjectField: "code");
        if (!caller.OwnOnly) return answer;

        // Asked after the log was read: so what is newer than the link in it is of this link.
        if (await links.FindAsync(code, caller, cancellationToken) is not { } link) return Problems.LinkNotFound(code);
        return answer is Ok<AuditListResponse> { Value: { } page } ? TypedResults.Ok(page.Since(link.CreatedAt)) : answer;
    }

    private static async Task<IResult> PageAsync(IAuditStore store, AuditQuery query, CancellationToken cancellationToken, string subjectField = "subject")
    {
        var errors = new FieldErrors();
        if (query.Limit is < 1 or > 1000) errors.Add("limit", "The limit is 1 to 1000.");
        foreach (var (field, value) in (ReadOnlySpan<(string, string?)>)[(subjectField, query.Subject), ("actor", query.Actor), ("action", query.Action), ("cursor", query.Cursor)])
            if (value?.Any(char.IsControl) == true) errors.Add(field, $"The {field} has no control characters.");
        if (errors.Any) return Problems.ValidationFailed(errors.ToDictionary());
        try
        {
            var page = await store.ListAsync(query, cancellationToken);
            return TypedResults.Ok(new AuditListResponse([.. page.Entries.Select(AuditEntryResponse.From)], page.Next));
        }
        catch (FormatException)
        {
            errors.Add("cursor", "Not a cursor of this list. Start again without one.");
            return Problems.ValidationFailed(errors.ToDictionary());
        }
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

/// <summary>One thing that was done.</summary>
/// <param name="At">When.</param>
/// <param name="Actor">The id of the API key that did it, or system, command-line or visitor.</param>
/// <param name="Action">What was done, such as link.changed.</param>
/// <param name="Subject">To what: link:, key:, webhook: or dead-letter: with the code or id; or import:links, migration:links, blocklist:hosts.</param>
/// <param name="Before">How it stood before; of a change the changed fields only.</param>
/// <param name="After">How it stands since, likewise.</param>
public sealed record AuditEntryResponse(DateTimeOffset At, string Actor, string Action, string Subject, JsonElement? Before, JsonElement? After)
{
    internal static AuditEntryResponse From(AuditEntry entry) => new(entry.At, entry.Actor, entry.Action, entry.Subject, Read(entry.Before), Read(entry.After));

    private static JsonElement? Read(string? json) => json is null ? null : JsonElement.Parse(json);
}

/// <summary>A page of the audit log.</summary>
/// <param name="Entries">The last first.</param>
/// <param name="Next">The cursor of the next page, or null on the last.</param>
public sealed record AuditListResponse(IReadOnlyList<AuditEntryResponse> Entries, string? Next)
{
    /// <summary>Without what came before a link made then: a deletion, whatever its clock said, was another link's under the same code.</summary>
    internal AuditListResponse Since(DateTimeOffset made)
    {
        AuditEntryResponse[] since = [.. Entries.TakeWhile(entry => entry.At >= made && entry.Action is not (AuditActions.LinkDeleted or AuditActions.LinkSwept))];
        return new AuditListResponse(since, since.Length == Entries.Count ? Next : null);
    }
}
