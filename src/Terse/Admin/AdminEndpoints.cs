using Microsoft.AspNetCore.Antiforgery;
using Terse.Admin.Links;
using Terse.Admin.Operations;
using Terse.Admin.Screens;
using Terse.Admin.Session;
using Terse.Admin.Statistics;
using Terse.Admin.Transfer;
using Terse.Clicks.Statistics;
using Terse.Codes;
using Terse.Links;

namespace Terse.Admin;

/// <summary>Every address of the dashboard. Each group has its policy; every form is checked for its token before anything else.</summary>
internal static class AdminEndpoints
{
    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        routes.MapAssets();
        var all = routes.MapGroup("/admin").ExcludeFromDescription();
        all.AddEndpointFilter(CheckFormAsync);
        var (read, write, admin) = (Behind(all, AdminSession.Read), Behind(all, AdminSession.Write), Behind(all, AdminSession.Admin));

        all.MapSession();
        read.MapGet("/", () => Screen.Of<OverviewScreen>());
        read.MapGet("/links", (string? q, string? tag, string? state, string? order, string? after) =>
            Screen.Of<LinksScreen>(new { Q = q, Tag = tag, State = state, Order = order, After = after }));
        write.MapGet("/links/new", (string? url) => Screen.Of<NewLinkScreen>(new { Values = (IReadOnlyDictionary<string, string>)new Dictionary<string, string> { ["url"] = url ?? "" } }));
        read.MapGet("/links/{code}", (string code) => Screen.Of<LinkScreen>(new { Code = code }));
        read.MapGet("/links/{code}/qr.svg", QrAsync("svg"));
        read.MapGet("/links/{code}/qr.png", QrAsync("png"));
        read.MapGet("/sparks", Sparks.ReadAsync);
        LinkActions.MapLinkActions(read, write);
        read.MapGet("/live", (string? code, HttpContext context, LiveClicks live, TimeProvider time, CancellationToken cancellationToken) =>
            LiveEndpoints.Stream(ShortCode.TryParse(code ?? "", out var parsed) ? parsed : null, context, live, time, cancellationToken));

        read.MapGet("/operations", () => Screen.Of<OperationsScreen>());
        OperationsFeed.MapOperations(read);
        DeadLetterActions.MapDeadLetterActions(admin);
        TakeDownActions.MapTakeDowns(admin);
        KeyActions.MapKeys(admin);
        BlocklistActions.MapBlocklist(admin);
        WebhookActions.MapWebhookActions(admin);
        TransferActions.MapTransfer(admin);
        admin.MapGet("/audit", (string? subject, string? actor, string? after) => Screen.Of<AuditScreen>(new { Subject = subject, Actor = actor, After = after }));
        read.MapGet("/planner", () => Screen.Of<PlannerScreen>());
        all.MapFallback("/{*rest}", () => Screen.Trouble("There is no such page.", "The dashboard has no page under this address.", StatusCodes.Status404NotFound));
    }

    private static RouteGroupBuilder Behind(RouteGroupBuilder all, string policy) => all.MapGroup("").RequireAuthorization(policy);

    private static Delegate QrAsync(string format) =>
        (string code, HttpContext context, ILinkStore links, OwnAddresses own, int? size, string? dark, string? light, CancellationToken cancellationToken) =>
            QrCodes.DrawAsync(code, context, links, own, format, size, dark, light, cancellationToken);

    private static async ValueTask<object?> CheckFormAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) return await next(context);
        return await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http)
            ? await next(context)
            : Screen.Trouble("This form is out of date.", "It was made in another session. Go back, load the page anew, and send it again.", StatusCodes.Status400BadRequest);
    }
}
