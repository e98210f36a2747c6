using Terse.Admin.Screens;
using Terse.Links;

namespace Terse.Admin;

/// <summary>Reading and replacing the blocklist file, which is all that there is to it: the next look takes it up.</summary>
internal static class BlocklistActions
{
    /// <summary>A longer list is kept by a tool, and edited with one.</summary>
    public const int MostEdited = 256 << 10;

    public static void MapBlocklist(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/blocklist", () => Screen.Of<BlocklistScreen>());
        admin.MapPost("/blocklist", SaveAsync);
    }

    private static async Task<IResult> SaveAsync(HttpContext context, Blocklist blocklist, CancellationToken cancellationToken)
    {
        var text = (await context.Request.ReadFormAsync(cancellationToken))["hosts"].ToString().ReplaceLineEndings("\n");
        try
        {
            // Written beside and moved over, so that nobody reads half a list.
            var beside = $"{blocklist.Path}.new";
            await File.WriteAllTextAsync(beside, text, cancellationToken);
            File.Move(beside, blocklist.Path, overwrite: true);
            Toast.Show(context, "Saved. It is in force within two seconds.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Toast.Show(context, $"{blocklist.Path} cannot be written: {e.Message}", isBad: true);
        }
        return TypedResults.LocalRedirect("/admin/blocklist");
    }
}
