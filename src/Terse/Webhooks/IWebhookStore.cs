using Terse.Links;

namespace Terse.Webhooks;

/// <summary>Keeps webhooks, and the queue of what they are to be told. Every clause below is one test of the contract suite.</summary>
internal interface IWebhookStore
{
    /// <summary>Adds the webhook, whose id is new. It is found and listed with every field as given.</summary>
    ValueTask AddAsync(Webhook webhook, CancellationToken cancellationToken);

    ValueTask<Webhook?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>All webhooks, the oldest by <see cref="Webhook.CreatedAt"/> first.</summary>
    ValueTask<IReadOnlyList<Webhook>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the webhook if its stored version is <paramref name="expectedVersion"/>; of callers with the same one exactly one succeeds.
    /// <see cref="Webhook.Failures"/> of the replacement counts too: a change may reset them.
    /// </summary>
    ValueTask<ChangeResult> ReplaceAsync(Webhook webhook, long expectedVersion, CancellationToken cancellationToken);

    /// <summary>Removes the webhook with all its deliveries; false when it is not there.</summary>
    ValueTask<bool> RemoveAsync(string id, CancellationToken cancellationToken);

    /// <summary>Adds deliveries, durable when it returns. One whose id is there already is left out; so is one whose webhook is gone.</summary>
    ValueTask EnqueueAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken);

    /// <summary>
    /// Up to <paramref name="limit"/> deliveries that are due at <paramref name="now"/> and not dead, of webhooks that are not disabled, the longest due first. Each goes
    /// to exactly one caller, and is due again at <paramref name="leasedUntil"/> if it is not settled by then.
    /// </summary>
    ValueTask<IReadOnlyList<WebhookDelivery>> LeaseAsync(DateTimeOffset now, DateTimeOffset leasedUntil, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Says what became of a leased delivery, and returns how many attempts of its webhook have now failed in a row.
    /// <list type="bullet">
    /// <item><paramref name="outcome"/> delivered: it is removed, and the failures are 0.</item>
    /// <item>Failed with a next time: it has one attempt more, its error, and is due then. Failed without: it is dead. The failures are one more.</item>
    /// <item>Dropped: it is removed, and the failures stay as they are.</item>
    /// <item>A lease that ran out and was taken by another changes nothing, but counts as above.</item>
    /// </list>
    /// </summary>
    ValueTask<int> SettleAsync(WebhookDelivery leased, DeliveryOutcome outcome, CancellationToken cancellationToken);

    /// <summary>Deliveries of the webhook that are dead, or that are not, by id from <paramref name="after"/> (excluded) on.</summary>
    ValueTask<IReadOnlyList<WebhookDelivery>> ListDeliveriesAsync(string webhookId, bool dead, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Makes dead deliveries due at <paramref name="now"/> with no attempts: the one named, or all of the webhook. Returns how many.</summary>
    ValueTask<int> ReplayAsync(string webhookId, string? deliveryId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes dead deliveries: the one named, or all of the webhook. Returns how many.</summary>
    ValueTask<int> DiscardAsync(string webhookId, string? deliveryId, CancellationToken cancellationToken);

    /// <summary>How many deliveries of the webhook are due at <paramref name="now"/> and not dead.</summary>
    ValueTask<long> CountDueAsync(string webhookId, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <param name="Error">How the attempt failed, or null when it was delivered.</param>
/// <param name="NextAt">When to try again, or null for never: a dead letter.</param>
/// <param name="IsDropped">There was nothing to tell any more.</param>
internal readonly record struct DeliveryOutcome(string? Error, DateTimeOffset? NextAt, bool IsDropped = false)
{
    public static readonly DeliveryOutcome Dropped = new(null, null, IsDropped: true);

    public static readonly DeliveryOutcome Delivered = new(null, null);
}
