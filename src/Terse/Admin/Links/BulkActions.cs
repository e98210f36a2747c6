using Terse.Codes;
using Terse.Links;

namespace Terse.Admin.Links;

/// <summary>One action on all links that were marked in the table. Each link succeeds or fails by itself; the toast says how many did.</summary>
internal static class BulkActions
{
    private const int Most = 1_000;

    public static async Task<IResult> RunAsync(HttpContext context, ILinkStore links, LinkEditor editor, RecentlyDeleted deleted, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var codes = form["codes"].Take(Most).Select(text => ShortCode.TryParse(text ?? "", out var code) ? code : (ShortCode?)null).OfType<ShortCode>().ToArray();
        var (action, caller) = (form["action"].ToString(), context.User.AsLinkCaller());
        var done = new List<Link>();
        var refused = "";
        foreach (var code in codes)
        {
            var edit = action switch
            {
                "delete" => await editor.RemoveAsync(code, default, caller, cancellationToken, RecentlyDeleted.ClicksKept),
                "disable" => await editor.ChangeAsync(code, new ChangeLinkRequest { Disabled = true }, default, context.Request.Host, caller, cancellationToken),
                "enable" => await editor.ChangeAsync(code, new ChangeLinkRequest { Disabled = false }, default, context.Request.Host, caller, cancellationToken),
                "tag" => await TagAsync(code, form["tag"].ToString(), links, editor, context.Request.Host, caller, cancellationToken),
                _ => new Edit(EditOutcome.Invalid),
            };
            if (edit.Outcome == EditOutcome.Done) done.Add(edit.Link!);
            else if (edit.Errors is { } errors) refused = string.Join(" ", errors.ToDictionary().SelectMany(error => error.Value));
        }

        var what = action switch { "delete" => "deleted", "disable" => "switched off", "enable" => "switched on", _ => $"tagged {form["tag"]}" };
        Toast.Show(
            context, done.Count == codes.Length ? $"{Links(done.Count)} {what}." : $"{done.Count} of {Links(codes.Length)} {what}. {refused}", isBad: done.Count < codes.Length,
            undo: action == "delete" && done.Count > 0 ? deleted.Keep(done) : null);
        var back = form["back"].ToString();
        return TypedResults.LocalRedirect(back.StartsWith("/admin/links", StringComparison.Ordinal) ? back : "/admin/links");
    }

    private static async ValueTask<Edit> TagAsync(ShortCode code, string tag, ILinkStore links, LinkEditor editor, HostString host, LinkCaller caller, CancellationToken cancellationToken) =>
        await links.FindAsync(code, cancellationToken) is { } link
            ? await editor.ChangeAsync(code, new ChangeLinkRequest { Tags = [.. link.Tags, tag] }, default, host, caller, cancellationToken)
            : new Edit(EditOutcome.Missing);

    private static string Links(int count) => count == 1 ? "1 link" : $"{count} links";
}
