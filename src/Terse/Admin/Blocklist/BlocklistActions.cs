using Terse.Admin.Screens;
using Terse.ApiKeys;
using Terse.Auditing;
using Terse.Links;

namespace Terse.Admin;

/// <summary>Reading and replacing the blocklist file, which is all that there is to it: the next look takes it up.</summary>
internal static class BlocklistActions
{
    /// <summary>A longer list is kept by a tool, and edited with one.</summary>
    public const int MostEdited = 256 << 10;

    /// <summary>Lines of a change that its audit entry tells; how many there are, it tells always.</summary>
    private const int MostTold = 100;

    public static void MapBlocklist(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/blocklist", () => Screen.Of<BlocklistScreen>());
        admin.MapPost("/blocklist", SaveAsync);
    }

    private static async Task<IResult> SaveAsync(HttpContext context, Blocklist blocklist, AuditLog audit, CancellationToken cancellationToken)
    {
        var text = (await context.Request.ReadFormAsync(cancellationToken))["hosts"].ToString().ReplaceLineEndings("\n");
        try
        {
            string[] before = File.Exists(blocklist.Path) ? await File.ReadAllLinesAsync(blocklist.Path, cancellationToken) : [];

            // Written beside and moved over, so that nobody reads half a list.
            var beside = $"{blocklist.Path}.new";
            await File.WriteAllTextAsync(beside, text, cancellationToken);
            File.Move(beside, blocklist.Path, overwrite: true);
            var after = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await audit.RecordChangeAsync(context.User.KeyId(), AuditActions.BlocklistChanged, "blocklist:hosts", Told(before, after), Told(after, before));
            Toast.Show(context, "Saved. It is in force within two seconds.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Toast.Show(context, $"{blocklist.Path} cannot be written: {e.Message}", isBad: true);
        }
        return TypedResults.LocalRedirect("/admin/blocklist");
    }

    /// <summary>How many lines a list has, and those that the other has not.</summary>
    private static object Told(string[] lines, string[] other) =>
        new { Lines = lines.Count(static line => line.Length > 0), Hosts = lines.Except(other, StringComparer.Ordinal).Where(static line => line.Length > 0).Take(MostTold) };
}
