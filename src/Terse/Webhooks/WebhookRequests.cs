namespace Terse.Webhooks;

/// <summary>A webhook to be made.</summary>
public sealed record CreateWebhookRequest
{
    /// <summary>Where to POST: https:// or http://, at a public address.</summary>
    /// <example>https://example.com/hooks/links</example>
    public string? Url { get; init; }

    /// <summary>Any of link.created, link.changed, link.deleted, link.expired (of links whose end was asked for), link.clicked (up to 100 clicks in one event).</summary>
    public IReadOnlyList<string?>? Events { get; init; }

    /// <summary>What it is for, at most 200 characters.</summary>
    public string? Description { get; init; }

    /// <summary>The key of the signatures: whsec_ and 24 to 64 bytes in base64. Left out: a generated one.</summary>
    public string? Secret { get; init; }
}

/// <summary>Changes to a webhook. A field that is left out stays as it is.</summary>
public sealed record ChangeWebhookRequest
{
    /// <summary>Where to POST from now on.</summary>
    public string? Url { get; init; }

    /// <summary>All the events from now on.</summary>
    public IReadOnlyList<string?>? Events { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>False: send nothing, keep what waits. True: send again, with the count of failures at 0.</summary>
    public bool? Enabled { get; init; }

    /// <summary>True: make a new secret, and show it in the answer, this once.</summary>
    public bool? RotateSecret { get; init; }
}

/// <summary>A webhook as the API shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where events are sent.</param>
/// <param name="Events">The events it is told of.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Enabled">Whether anything is sent.</param>
/// <param name="DisabledReason">Why not, otherwise.</param>
/// <param name="FailuresInARow">How many attempts have failed since the last success.</param>
/// <param name="Owner">The id of the API key that made it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Secret">The key of the signatures: shown when it is made or rotated, and never again.</param>
public sealed record WebhookResponse(
    string Id, string Url, IReadOnlyList<string> Events, string Description, bool Enabled, string? DisabledReason, int FailuresInARow, string Owner, DateTimeOffset CreatedAt, string? Secret)
{
    internal static WebhookResponse From(Webhook webhook, bool withSecret = false) => new(
        webhook.Id, webhook.Url, webhook.Events, webhook.Description, webhook.Disabled is null, webhook.Disabled, webhook.Failures, webhook.Owner, webhook.CreatedAt,
        withSecret ? webhook.Secret : null);
}

/// <summary>All webhooks.</summary>
/// <param name="Webhooks">The first made first.</param>
public sealed record WebhookListResponse(IReadOnlyList<WebhookResponse> Webhooks);

/// <summary>What became of a test.</summary>
/// <param name="Delivered">Whether it was taken, with a status of 200 to 299.</param>
/// <param name="Status">The HTTP status, or null when there was no answer.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record PingResponse(bool Delivered, int? Status, string? Error, long Milliseconds);

/// <summary>An event on its way, or given up.</summary>
/// <param name="Id">Its id, the same in every attempt: the header webhook-id.</param>
/// <param name="Event">What happened.</param>
/// <param name="Body">What is sent.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NextAttemptAt">When it is tried next; null for a dead letter.</param>
/// <param name="LastError">How the last attempt failed.</param>
public sealed record DeliveryResponse(
    string Id, string Event, System.Text.Json.JsonElement Body, DateTimeOffset CreatedAt, int Attempts, DateTimeOffset? NextAttemptAt, string? LastError)
{
    internal static DeliveryResponse From(WebhookDelivery delivery) => new(
        delivery.Id, delivery.Event, System.Text.Json.JsonElement.Parse(delivery.Body), delivery.CreatedAt, delivery.Attempts, delivery.Dead ? null : delivery.NextAt, delivery.LastError);
}

/// <summary>A page of deliveries.</summary>
/// <param name="Deliveries">The oldest first.</param>
/// <param name="Next">The cursor of the next page, or null on the last.</param>
public sealed record DeliveryListResponse(IReadOnlyList<DeliveryResponse> Deliveries, string? Next);

/// <summary>How many dead letters were replayed or discarded.</summary>
/// <param name="Count">How many.</param>
public sealed record DeadLettersResponse(int Count);
