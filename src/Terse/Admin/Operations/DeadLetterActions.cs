using Microsoft.AspNetCore.Http.HttpResults;
using Terse.Clicks;

namespace Terse.Admin.Operations;

/// <summary>Replaying and discarding clicks that failed every try.</summary>
internal static class DeadLetterActions
{
    private const int Page = 500;

    public static void MapDeadLetterActions(IEndpointRouteBuilder admin)
    {
        admin.MapPost("/operations/dead-letters/replay", ReplayAllAsync);
        admin.MapPost("/operations/dead-letters/{id}/replay", async (string id, HttpContext context, IClickQueue queue, CancellationToken cancellationToken) =>
            Back(context, await queue.ReplayAsync(id, cancellationToken), "It is tried again; if it fails again, it comes back."));
        admin.MapPost("/operations/dead-letters/{id}/discard", async (string id, HttpContext context, IClickQueue queue, CancellationToken cancellationToken) =>
            Back(context, await queue.DiscardAsync(id, cancellationToken), "Discarded."));
    }

    private static async Task<IResult> ReplayAllAsync(HttpContext context, IClickQueue queue, CancellationToken cancellationToken)
    {
        var (replayed, after) = (0, (string?)null);
        while (await queue.ListDeadLettersAsync(after, Page, cancellationToken) is { Count: > 0 } letters)
        {
            foreach (var letter in letters)
                if (await queue.ReplayAsync(letter.Id, cancellationToken)) replayed++;
            after = letters[^1].Id;
        }
        return Back(context, replayed > 0, $"{replayed} tried again; those that fail again come back.");
    }

    private static RedirectHttpResult Back(HttpContext context, bool done, string words)
    {
        Toast.Show(context, done ? words : "It is not there any more.", isBad: !done);
        return TypedResults.LocalRedirect("/admin/operations");
    }
}
