using Microsoft.AspNetCore.Http.HttpResults;
using Terse.Admin.Screens;
using Terse.ApiKeys;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Admin.Links;

/// <summary>What the link forms do. Scripts that ask for JSON get the answer in place; everyone else is led to the next page.</summary>
internal static class LinkActions
{
    public static void MapLinkActions(this IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/links/check", CheckAsync);
        write.MapPost("/links", CreateAsync);
        write.MapPost("/links/bulk", BulkActions.RunAsync);
        write.MapPost("/links/undo", UndoAsync);
        write.MapPost("/links/{code}", ChangeAsync);
        write.MapPost("/links/{code}/state", SwitchAsync);
        write.MapPost("/links/{code}/delete", DeleteAsync);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, LinkCreation creation, CancellationToken cancellationToken)
    {
        var form = new LinkForm(await context.Request.ReadFormAsync(cancellationToken));
        CreationAnswer? answer = form.TryReadCreation(out var request, out var errors)
            ? await creation.CreateAsync(request, context, idempotencyKey: null, dedupe: false, cancellationToken)
            : null;
        if (answer is { Problem: { } problem }) errors = LinkForm.ErrorsOf(problem);
        var wantsJson = context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "application/json");
        if (answer?.Link is not { } link)
            return wantsJson ? TypedResults.Json(new { errors }, statusCode: 400) : Screen.Of<NewLinkScreen>(new { form.Values, Errors = (IReadOnlyDictionary<string, string>)errors }, 400);

        var shown = creation.Show(link, context.Request);
        if (wantsJson) return TypedResults.Json(new { shown.Code, shown.ShortUrl, shown.Url, page = $"/admin/links/{link.Code}", qr = $"/admin/links/{link.Code}/qr.svg" }, statusCode: 201);
        Toast.Show(context, $"{Show.Url(shown.ShortUrl)} is ready.");
        return TypedResults.LocalRedirect($"/admin/links/{link.Code}");
    }

    private static async Task<IResult> ChangeAsync(string code, HttpContext context, LinkEditor editor, CancellationToken cancellationToken)
    {
        if (!ShortCode.TryParse(code, out var parsed)) return Missing(code);
        var form = new LinkForm(await context.Request.ReadFormAsync(cancellationToken));
        if (!form.TryReadChange(out var change, out var errors)) return Again(code, form, errors);

        // The form shows the version it was filled with: a change by someone else meanwhile is not overwritten unseen.
        context.Request.Headers.IfMatch = form.Values.GetValueOrDefault("etag");
        if (!ETagCondition.TryRead(context.Request, out var condition)) return Again(code, form, new() { ["url"] = "Read the page again, and repeat the change." });
        var edit = await editor.ChangeAsync(parsed, change, condition, context.Request.Host, context.User.AsLinkCaller(), cancellationToken);
        switch (edit.Outcome)
        {
            case EditOutcome.Missing: return Missing(code);
            case EditOutcome.Invalid: return Again(code, form, LinkForm.ErrorsOf(Problems.ValidationFailed(edit.Errors!.ToDictionary())));
            case EditOutcome.Done: Toast.Show(context, "Saved. Redirects follow the new link at once."); break;
            default: Toast.Show(context, "Someone else changed this link meanwhile. Look at it again, and repeat your change.", isBad: true); break;
        }
        return TypedResults.LocalRedirect($"/admin/links/{code}");
    }

    private static async Task<IResult> SwitchAsync(string code, HttpContext context, LinkEditor editor, CancellationToken cancellationToken)
    {
        var disabled = (await context.Request.ReadFormAsync(cancellationToken))["disabled"] == "true";
        if (!ShortCode.TryParse(code, out var parsed)) return Missing(code);
        var edit = await editor.ChangeAsync(parsed, new ChangeLinkRequest { Disabled = disabled }, default, context.Request.Host, context.User.AsLinkCaller(), cancellationToken);
        if (edit.Outcome == EditOutcome.Missing) return Missing(code);
        Toast.Show(context, disabled ? "Switched off: visitors get 410 Gone." : "Switched on.", isBad: edit.Outcome != EditOutcome.Done);
        return TypedResults.LocalRedirect($"/admin/links/{code}");
    }

    private static async Task<IResult> DeleteAsync(string code, HttpContext context, LinkEditor editor, RecentlyDeleted deleted, CancellationToken cancellationToken)
    {
        if (!ShortCode.TryParse(code, out var parsed)) return Missing(code);
        var edit = await editor.RemoveAsync(parsed, default, context.User.AsLinkCaller(), cancellationToken, RecentlyDeleted.ClicksKept);
        if (edit.Outcome != EditOutcome.Done) return Missing(code);
        Toast.Show(context, $"{code} is deleted.", undo: deleted.Keep([edit.Link!]));
        return TypedResults.LocalRedirect("/admin/links");
    }

    private static async Task<IResult> UndoAsync(HttpContext context, RecentlyDeleted deleted, CancellationToken cancellationToken)
    {
        var (restored, taken) = await deleted.UndoAsync((await context.Request.ReadFormAsync(cancellationToken))["handle"].ToString(), context.User.KeyId(), cancellationToken);
        var text = (restored.Count, taken) switch
        {
            (0, 0) => "Too late: a deletion can be taken back for ten minutes.",
            (0, _) => "The code was taken meanwhile, so the link cannot come back under it.",
            (1, 0) => $"{restored[0].Code} is back.",
            (_, 0) => $"{restored.Count} links are back.",
            _ => $"{restored.Count} links are back; the codes of {taken} were taken meanwhile.",
        };
        Toast.Show(context, text, isBad: restored.Count == 0);
        return TypedResults.LocalRedirect(restored.Count == 1 ? $"/admin/links/{restored[0].Code}" : "/admin/links");
    }

    /// <summary>What a form says while it is filled in: whether an alias is free, and when an expiry in words would be.</summary>
    private static async Task<IResult> CheckAsync(string? alias, string? expiry, ILinkStore links, TimeProvider time, CancellationToken cancellationToken)
    {
        if (expiry is not null)
        {
            var errors = new Dictionary<string, string>();
            var (at, span) = LinkForm.Expiry(expiry.Trim(), errors);
            var end = span is { } lifetime ? time.GetUtcNow() + lifetime.Value : at;
            return TypedResults.Json(new { ok = errors.Count == 0 && !(end <= time.GetUtcNow()), says = errors.GetValueOrDefault("expiry") ?? (end <= time.GetUtcNow() ? "This moment has passed." : null), at = end });
        }

        var wrong = new FieldErrors();
        var code = LinkValidator.Alias(alias?.Trim(), wrong);
        if (wrong.Any || code is null) return TypedResults.Json(new { ok = false, says = wrong.ToDictionary().GetValueOrDefault("alias")?[0] });
        var free = await links.FindAsync(code.Value, cancellationToken) is null;
        return TypedResults.Json(new { ok = free, says = free ? "Free." : "Taken by another link." });
    }

    public static RazorComponentResult<TroubleScreen> Missing(string code) => Screen.Trouble("There is no such link.", $"No link has the code {code}. Codes differ by case; it may have been deleted.", StatusCodes.Status404NotFound);

    private static RazorComponentResult<LinkScreen> Again(string code, LinkForm form, Dictionary<string, string> errors) =>
        Screen.Of<LinkScreen>(new { Code = code, form.Values, Errors = (IReadOnlyDictionary<string, string>)errors }, StatusCodes.Status400BadRequest);
}
