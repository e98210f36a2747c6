using Terse.Admin.Screens;
using Terse.ApiKeys;
using Terse.Auditing;
using Terse.Hosting;
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
            var before = Lines(File.Exists(blocklist.Path) ? await File.ReadAllTextAsync(blocklist.Path, cancellationToken) : "");
            await WholeFile.WriteAsync(blocklist.Path, text, cancellationToken);
            var after = Lines(text);
            await audit.RecordChangeAsync(context.User.KeyId(), AuditActions.BlocklistChanged, "blocklist:hosts", Told(before, after), Told(after, before));
            Toast.Show(context, "Saved. It is in force within two seconds.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Toast.Show(context, $"{blocklist.Path} cannot be written: {e.Message}", isBad: true);
        }
        return TypedResults.LocalRedirect("/admin/blocklist");
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How many lines a list has, and those that the other has not.</summary>
    private static object Told(string[] lines, string[] other) => new { Lines = lines.Length, Hosts = lines.Except(other, StringComparer.Ordinal).Take(MostTold) };
}
