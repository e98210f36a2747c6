using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Terse.ApiKeys;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Webhooks;

/// <summary>The management API of webhooks, for admins.</summary>
internal static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/api/v1/webhooks").WithTags("Webhooks").RequireAuthorization(ApiPolicies.Admin);
        webhooks.MapPost("/", CreateAsync).WithName("createWebhook");
        webhooks.MapGet("/", ListAsync).WithName("listWebhooks");
        webhooks.MapGet("/{id}", GetAsync).WithName("getWebhook");
        webhooks.MapPatch("/{id}", ChangeAsync).WithName("changeWebhook");
        webhooks.MapDelete("/{id}", RemoveAsync).WithName("deleteWebhook");
        webhooks.MapPost("/{id}/ping", PingAsync).WithName("pingWebhook");
        webhooks.MapGet("/{id}/deliveries", ListDeliveriesAsync).WithName("listDeliveries");
        webhooks.MapPost("/{id}/dead-letters/replay", ReplayAsync).WithName("replayDeadLetters");
        webhooks.MapDelete("/{id}/dead-letters", DiscardAsync).WithName("discardDeadLetters");
    }

    /// <summary>Makes a webhook. The answer is the only time that its secret is shown.</summary>
    [ProducesResponseType<WebhookResponse>(201)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    internal static async Task<IResult> CreateAsync(CreateWebhookRequest request, HttpContext context, WebhookEditor editor, CancellationToken cancellationToken)
    {
        var (webhook, errors) = await editor.CreateAsync(request, context.User.KeyId(), cancellationToken);
        return webhook is null
            ? Problems.ValidationFailed(errors.ToDictionary())
            : TypedResults.Created($"/api/v1/webhooks/{webhook.Id}", WebhookResponse.From(webhook, withSecret: true));
    }

    /// <summary>Lists all webhooks, the first made first.</summary>
    [ProducesResponseType<WebhookListResponse>(200)]
    internal static async Task<IResult> ListAsync(IWebhookStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(new WebhookListResponse([.. (await store.ListAsync(cancellationToken)).Select(webhook => WebhookResponse.From(webhook))]));

    /// <summary>Shows one webhook.</summary>
    /// <param name="id">The webhook's id.</param>
    [ProducesResponseType<WebhookResponse>(200)]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> GetAsync(string id, IWebhookStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } webhook ? TypedResults.Ok(WebhookResponse.From(webhook)) : NotFound(id);

    /// <summary>Changes the fields that are given, switches it on or off, or makes a new secret.</summary>
    /// <param name="id">The webhook's id.</param>
    /// <param name="request">The changes.</param>
    [ProducesResponseType<WebhookResponse>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> ChangeAsync(string id, ChangeWebhookRequest request, HttpContext context, WebhookEditor editor, CancellationToken cancellationToken)
    {
        var (webhook, errors) = await editor.ChangeAsync(id, request, context.User.KeyId(), cancellationToken);
        if (errors.Any) return Problems.ValidationFailed(errors.ToDictionary());
        return webhook is null ? NotFound(id) : TypedResults.Ok(WebhookResponse.From(webhook, withSecret: request.RotateSecret == true));
    }

    /// <summary>Deletes a webhook, and all that waits for it.</summary>
    /// <param name="id">The webhook's id.</param>
    [ProducesResponseType(204)]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> RemoveAsync(string id, HttpContext context, WebhookEditor editor, CancellationToken cancellationToken) =>
        await editor.RemoveAsync(id, context.User.KeyId(), cancellationToken) ? TypedResults.NoContent() : NotFound(id);

    /// <summary>Sends a signed test event at once, and tells what became of it. It is not retried and counts as no failure.</summary>
    /// <param name="id">The webhook's id.</param>
    [ProducesResponseType<PingResponse>(200)]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> PingAsync(string id, IWebhookStore store, WebhookOutbox outbox, WebhookSender sender, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } webhook) return NotFound(id);
        var result = await sender.SendAsync(webhook, outbox.NewDelivery(id, WebhookEvents.Ping, new { webhookId = id }), cancellationToken);
        return TypedResults.Ok(new PingResponse(result.Error is null, result.Status, result.Error, (long)result.Took.TotalMilliseconds));
    }

    /// <summary>Lists what waits to be sent, or the dead letters: what failed every attempt.</summary>
    /// <param name="id">The webhook's id.</param>
    /// <param name="dead">True: the dead letters. False (default): what still waits.</param>
    /// <param name="cursor">The next of the page before; left out for the first page.</param>
    /// <param name="limit">Deliveries per page, 1 to 100; 50 by default.</param>
    [ProducesResponseType<DeliveryListResponse>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> ListDeliveriesAsync(
        string id, IWebhookStore store, bool? dead, string? cursor, [DefaultValue(50)] int? limit, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is null) return NotFound(id);
        var errors = new FieldErrors();
        if (limit is < 1 or > 100) errors.Add("limit", "The limit is 1 to 100.");
        if (errors.Any) return Problems.ValidationFailed(errors.ToDictionary());
        var size = limit ?? 50;
        var found = await store.ListDeliveriesAsync(id, dead ?? false, cursor, size + 1, cancellationToken);
        return TypedResults.Ok(new DeliveryListResponse([.. found.Take(size).Select(DeliveryResponse.From)], found.Count > size ? found[size - 1].Id : null));
    }

    /// <summary>Sends dead letters again, as if they were new.</summary>
    /// <param name="id">The webhook's id.</param>
    /// <param name="delivery">The one to send again; left out: all.</param>
    [ProducesResponseType<DeadLettersResponse>(200)]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> ReplayAsync(string id, string? delivery, HttpContext context, IWebhookStore store, WebhookEditor editor, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is null
            ? NotFound(id)
            : TypedResults.Ok(new DeadLettersResponse(await editor.ReplayAsync(id, delivery, context.User.KeyId(), cancellationToken)));

    /// <summary>Throws dead letters away.</summary>
    /// <param name="id">The webhook's id.</param>
    /// <param name="delivery">The one to throw away; left out: all.</param>
    [ProducesResponseType<DeadLettersResponse>(200)]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> DiscardAsync(string id, string? delivery, HttpContext context, IWebhookStore store, WebhookEditor editor, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is null
            ? NotFound(id)
            : TypedResults.Ok(new DeadLettersResponse(await editor.DiscardAsync(id, delivery, context.User.KeyId(), cancellationToken)));

    private static ProblemHttpResult NotFound(string id) => Problems.NotFound($"No webhook has the id {id}.");
}
