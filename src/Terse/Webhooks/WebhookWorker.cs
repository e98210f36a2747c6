using System.Text.Json;
using Microsoft.Extensions.Options;
using Terse.Auditing;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Webhooks;

/// <summary>
/// Sends what is due, many at once. A delivery is leased while it is sent: should the process die, another sends it when the lease has run out, so each
/// arrives at least once.
/// </summary>
internal sealed partial class WebhookWorker(
    IWebhookStore store, ILinkStore links, WebhookSender sender, WebhookOutbox outbox, AuditLog audit, IOptions<WebhooksOptions> options, TimeProvider time, Random random,
    ILogger<WebhookWorker> log) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(12);
    private const int Batch = 32;

    /// <summary>Sends all that is due now, each once, and returns how many there were.</summary>
    public async Task<int> DeliverDueAsync(CancellationToken cancellationToken)
    {
        var sent = 0;
        while (true)
        {
            var now = time.GetUtcNow().ToMillisecond();
            var due = await store.LeaseAsync(now, now + options.Value.Timeout + TimeSpan.FromSeconds(30), Batch, cancellationToken);
            if (due.Count == 0) return sent;
            await Task.WhenAll(due.Select(delivery => DeliverAsync(delivery, cancellationToken)));
            sent += due.Count;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await DeliverDueAsync(stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                Log.Postponed(log, e.Message);
            }
        }
    }

    private async Task DeliverAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(delivery.WebhookId, cancellationToken) is not { } webhook) return;
        var told = delivery;
        if (delivery.Event == WebhookEvents.LinkExpired)
        {
            if (await ReadEndedAsync(delivery, cancellationToken) is not { } ended)
            {
                await store.SettleAsync(delivery, DeliveryOutcome.Dropped, CancellationToken.None);
                return;
            }

            told = delivery with { Body = WebhookOutbox.Body(delivery.Event, ended.EndsAt, LinkState.Of(ended)) };
        }

        var result = await sender.SendAsync(webhook, told, cancellationToken);
        var outcome = result.Error is null ? DeliveryOutcome.Delivered : new DeliveryOutcome(result.Error, NextAttempt(delivery, result));
        if (outcome is { Error: not null, NextAt: null }) Log.Dead(log, delivery.Id, webhook.Id, result.Error!);

        // The answer was given: it is kept even when the program is about to end.
        var failures = await store.SettleAsync(delivery, outcome, CancellationToken.None);
        if (result.Status == StatusCodes.Status410Gone) await DisableAsync(webhook.Id, "It answered 410: it wants no more.");
        else if (failures >= options.Value.DisableAfter) await DisableAsync(webhook.Id, $"{failures} attempts in a row failed. The last: {result.Error}");
    }

    /// <summary>The link as it is, if it still has the end that the delivery was made for.</summary>
    private async ValueTask<Link?> ReadEndedAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        using var body = JsonDocument.Parse(delivery.Body);
        var code = ShortCode.Parse(body.RootElement.GetProperty("data").GetProperty("code").GetString()!);
        var end = body.RootElement.GetProperty("timestamp").GetDateTimeOffset();
        return await links.FindAsync(code, cancellationToken) is { } link && link.EndsAt == end ? link : null;
    }

    private DateTimeOffset? NextAttempt(WebhookDelivery delivery, SendResult result)
    {
        if (delivery.Attempts + 1 >= options.Value.Attempts || result.Status == StatusCodes.Status410Gone) return null;
        var wait = FirstRetry * Math.Pow(4, Math.Min(delivery.Attempts, 10));
        if (wait > LongestRetry) wait = LongestRetry;
        return (time.GetUtcNow() + wait * (0.8 + 0.4 * random.NextDouble())).ToMillisecond();
    }

    private async Task DisableAsync(string id, string reason)
    {
        while (await store.FindAsync(id, CancellationToken.None) is { Disabled: null } webhook)
        {
            var disabled = webhook with { Disabled = reason, Version = webhook.Version + 1 };
            if (await store.ReplaceAsync(disabled, webhook.Version, CancellationToken.None) != ChangeResult.Done) continue;
            outbox.Forget();
            Log.Disabled(log, id, reason);
            await audit.RecordAsync(Actors.System, AuditActions.WebhookDisabled, $"webhook:{id}", null, new { reason });
            return;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1310, LogLevel.Warning, "Delivery {Delivery} of webhook {Webhook} is a dead letter: {Reason}")]
        public static partial void Dead(ILogger logger, string delivery, string webhook, string reason);

        [LoggerMessage(1311, LogLevel.Warning, "Webhook {Webhook} is disabled: {Reason}")]
        public static partial void Disabled(ILogger logger, string webhook, string reason);

        [LoggerMessage(1312, LogLevel.Warning, "Webhooks wait: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);
    }
}
