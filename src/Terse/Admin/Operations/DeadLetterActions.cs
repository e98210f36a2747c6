using Microsoft.AspNetCore.Http.HttpResults;
using Terse.ApiKeys;
using Terse.Clicks;

namespace Terse.Admin.Operations;

/// <summary>Replaying and discarding clicks that failed every try.</summary>
internal static class DeadLetterActions
{
    public static void MapDeadLetterActions(IEndpointRouteBuilder admin)
    {
        admin.MapPost("/operations/dead-letters/replay", ReplayAllAsync);
        admin.MapPost("/operations/dead-letters/{id}/replay", async (string id, HttpContext context, DeadLetterDesk desk, CancellationToken cancellationToken) =>
            Back(context, await desk.ReplayAsync(id, context.User.KeyId(), cancellationToken), "It is tried again; if it fails again, it comes back."));
        admin.MapPost("/operations/dead-letters/{id}/discard", async (string id, HttpContext context, DeadLetterDesk desk, CancellationToken cancellationToken) =>
            Back(context, await desk.DiscardAsync(id, context.User.KeyId(), cancellationToken), "Discarded."));
    }

    private static async Task<IResult> ReplayAllAsync(HttpContext context, DeadLetterDesk desk, CancellationToken cancellationToken)
    {
        var replayed = await desk.ReplayAllAsync(context.User.KeyId(), cancellationToken);
        return Back(context, replayed > 0, $"{replayed} tried again; those that fail again come back.");
    }

    private static RedirectHttpResult Back(HttpContext context, bool done, string words)
    {
        Toast.Show(context, done ? words : "It is not there any more.", isBad: !done);
        return TypedResults.LocalRedirect("/admin/operations");
    }
}
