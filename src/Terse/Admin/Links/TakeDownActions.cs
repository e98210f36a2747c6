using Terse.Abuse;
using Terse.ApiKeys;
using Terse.Codes;
using Terse.Links;

namespace Terse.Admin.Links;

/// <summary>Taking a link down for abuse, and putting it back: for admins alone, and not to be undone by the link's owner.</summary>
internal static class TakeDownActions
{
    /// <summary>What may be chosen by hand; the blocklist takes down by itself.</summary>
    public static readonly IReadOnlyList<(TakedownReason Reason, string Words)> Reasons =
    [
        (TakedownReason.Phishing, "It steals passwords or money"), (TakedownReason.Malware, "It spreads malware"), (TakedownReason.Spam, "It is spam"),
        (TakedownReason.Legal, "A legal demand (visitors get 451)"), (TakedownReason.Other, "Something else"),
    ];

    public static void MapTakeDowns(IEndpointRouteBuilder admin)
    {
        admin.MapPost("/links/{code}/takedown", TakeDownAsync);
        admin.MapPost("/links/{code}/restore", (string code, HttpContext context, LinkEditor editor, CancellationToken cancellationToken) => ChangeAsync(code, null, null, context, editor, cancellationToken));
    }

    private static async Task<IResult> TakeDownAsync(string code, HttpContext context, LinkEditor editor, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var reason = Reasons.Select(known => known.Reason).FirstOrDefault(known => known.ToString() == form["reason"], TakedownReason.Other);
        var note = form["note"].ToString().Trim();
        return await ChangeAsync(code, reason, note.Length == 0 ? null : note[..Math.Min(note.Length, AbuseEndpoints.MaxNote)], context, editor, cancellationToken);
    }

    private static async Task<IResult> ChangeAsync(string code, TakedownReason? reason, string? note, HttpContext context, LinkEditor editor, CancellationToken cancellationToken)
    {
        var edit = ShortCode.TryParse(code, out var parsed) ? await editor.TakeDownAsync(parsed, reason, null, context.User.KeyId(), note, cancellationToken) : new Edit(EditOutcome.Missing);
        switch (edit.Outcome)
        {
            case EditOutcome.Done: Toast.Show(context, reason is null ? "It is back: visitors are redirected again." : "Taken down: visitors are told so, and its owner cannot undo it."); break;
            case EditOutcome.Missing: return LinkActions.Missing(code);
            default: Toast.Show(context, "Someone else changed this link meanwhile. Look at it again, and repeat your change.", isBad: true); break;
        }
        return TypedResults.LocalRedirect($"/admin/links/{code}");
    }
}
