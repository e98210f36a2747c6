using Microsoft.AspNetCore.Http.HttpResults;
using Terse.Admin.Screens;
using Terse.ApiKeys;
using Terse.Webhooks;

namespace Terse.Admin;

/// <summary>Making, trying, switching and removing webhooks in the browser.</summary>
internal static class WebhookActions
{
    public static void MapWebhookActions(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/webhooks", () => Screen.Of<WebhooksScreen>());
        admin.MapPost("/webhooks", CreateAsync);
        admin.MapPost("/webhooks/{id}/ping", PingAsync);
        admin.MapPost("/webhooks/{id}/state", SwitchAsync);
        admin.MapPost("/webhooks/{id}/delete", RemoveAsync);
        admin.MapPost("/webhooks/{id}/replay", ReplayAsync);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, WebhookEditor editor, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var request = new CreateWebhookRequest { Url = form["url"].ToString().Trim(), Events = [.. form["events"].OfType<string>()], Description = form["description"].ToString().Trim() };
        var (webhook, errors) = await editor.CreateAsync(request, context.User.KeyId(), cancellationToken);
        if (webhook is null)
        {
            var wrong = string.Join(" ", errors.ToDictionary().SelectMany(error => error.Value));
            return Screen.Of<WebhooksScreen>(new { Error = wrong, Url = request.Url }, StatusCodes.Status400BadRequest);
        }
        return Screen.Of<WebhooksScreen>(new { Secret = webhook.Secret, Url = webhook.Url });
    }

    private static async Task<IResult> PingAsync(string id, HttpContext context, IWebhookStore store, WebhookOutbox outbox, WebhookSender sender, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is { } webhook)
        {
            var result = await sender.SendAsync(webhook, outbox.NewDelivery(id, WebhookEvents.Ping, new { webhookId = id }), cancellationToken);
            Toast.Show(context, result.Error is null ? $"It answered {result.Status} in {result.Took.TotalMilliseconds:0} ms." : $"It failed: {result.Error}", isBad: result.Error is not null);
        }
        return Back();
    }

    private static async Task<IResult> SwitchAsync(string id, HttpContext context, WebhookEditor editor, CancellationToken cancellationToken)
    {
        var disabled = (await context.Request.ReadFormAsync(cancellationToken))["disabled"] == "true";
        var (webhook, _) = await editor.ChangeAsync(id, new ChangeWebhookRequest { Enabled = !disabled }, context.User.KeyId(), cancellationToken);
        Toast.Show(context, webhook is null ? "There is no such webhook any more." : disabled ? "Switched off: events wait." : "Switched on.", isBad: webhook is null);
        return Back();
    }

    private static async Task<IResult> RemoveAsync(string id, HttpContext context, WebhookEditor editor, CancellationToken cancellationToken)
    {
        await editor.RemoveAsync(id, context.User.KeyId(), cancellationToken);
        Toast.Show(context, "Removed, with all that waited for it.");
        return Back();
    }

    private static async Task<IResult> ReplayAsync(string id, HttpContext context, WebhookEditor editor, CancellationToken cancellationToken)
    {
        var count = await editor.ReplayAsync(id, null, context.User.KeyId(), cancellationToken);
        Toast.Show(context, $"{count} sent again.", isBad: count == 0);
        return Back();
    }

    private static RedirectHttpResult Back() => TypedResults.LocalRedirect("/admin/webhooks");
}
