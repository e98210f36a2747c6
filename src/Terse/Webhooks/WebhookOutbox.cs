using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Webhooks;

/// <summary>
/// Puts events into the queue of every webhook that wants them, before the caller who caused them is answered. Which webhooks there are is remembered for
/// <see cref="Memory"/>; while there is none, an event costs nothing.
/// </summary>
internal sealed partial class WebhookOutbox(IWebhookStore store, IOptions<WebhooksOptions> options, TimeProvider time, ILogger<WebhookOutbox> log)
{
    /// <summary>How long a webhook made by another node may miss events of this one.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private volatile Known? _known;

    public void Forget() => _known = null;

    /// <summary>Whether any webhook wants the event.</summary>
    public async ValueTask<bool> IsWantedAsync(string type)
    {
        foreach (var webhook in await ListAsync())
            if (Wants(webhook, type)) return true;
        return false;
    }

    /// <summary>Queues one event for each of <paramref name="data"/>. A store that cannot take them is logged: the change that they tell of stands.</summary>
    public async ValueTask PublishAsync(string type, IReadOnlyList<object> data)
    {
        try
        {
            var deliveries = new List<WebhookDelivery>();
            foreach (var webhook in await ListAsync())
            {
                if (!Wants(webhook, type)) continue;
                if (await store.CountDueAsync(webhook.Id, time.GetUtcNow(), CancellationToken.None) >= options.Value.MaxPending) Log.Shed(log, data.Count, type, webhook.Id);
                else deliveries.AddRange(data.Select(item => NewDelivery(webhook.Id, type, item)));
            }

            if (deliveries.Count > 0) await store.EnqueueAsync(deliveries, CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            Log.Lost(log, data.Count, type, e.Message);
        }
    }

    /// <summary>
    /// Queues the end of links at the moment of their end. What is told then is looked up then; a link that was given another end meanwhile has another delivery
    /// for that, and this one is dropped.
    /// </summary>
    public async ValueTask ScheduleEndsAsync(IEnumerable<Link> links)
    {
        var now = time.GetUtcNow();
        var ending = links.Where(link => link.ExpiresAt is not null && link.EndsAt > now).ToArray();
        if (ending.Length == 0) return;
        try
        {
            var deliveries =
                from webhook in await ListAsync()
                where Wants(webhook, WebhookEvents.LinkExpired)
                from link in ending
                let id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{webhook.Id} {link.Code}")))[..16]
                select new WebhookDelivery(
                    string.Create(CultureInfo.InvariantCulture, $"msg_{link.EndsAt.ToUnixTimeMilliseconds():x12}{id}"), webhook.Id, WebhookEvents.LinkExpired,
                    Body(WebhookEvents.LinkExpired, link.EndsAt, LinkState.Of(link)), now.ToMillisecond(), 0, link.EndsAt, null, Dead: false);
            await store.EnqueueAsync([.. deliveries], CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            Log.Lost(log, ending.Length, WebhookEvents.LinkExpired, e.Message);
        }
    }

    public static string Body(string type, DateTimeOffset timestamp, object data) => JsonSerializer.Serialize(new { type, timestamp, data }, Json);

    public WebhookDelivery NewDelivery(string webhookId, string type, object data)
    {
        var now = time.GetUtcNow().ToMillisecond();
        var id = string.Create(CultureInfo.InvariantCulture, $"msg_{now.ToUnixTimeMilliseconds():x12}{RandomNumberGenerator.GetString(ShortCode.Alphabet, 16)}");
        return new WebhookDelivery(id, webhookId, type, Body(type, now, data), now, 0, now, null, Dead: false);
    }

    private static bool Wants(Webhook webhook, string type) => webhook.Disabled is null && webhook.Events.Contains(type, StringComparer.Ordinal);

    private async ValueTask<IReadOnlyList<Webhook>> ListAsync()
    {
        if (_known is { } known && time.GetElapsedTime(known.At) < Memory) return known.Webhooks;
        var at = time.GetTimestamp();
        var webhooks = await store.ListAsync(CancellationToken.None);
        _known = new Known(webhooks, at);
        return webhooks;
    }

    private sealed record Known(IReadOnlyList<Webhook> Webhooks, long At);

    private static partial class Log
    {
        [LoggerMessage(1300, LogLevel.Warning, "{Count} events {Type} were shed: too many wait for webhook {Webhook}")]
        public static partial void Shed(ILogger logger, int count, string type, string webhook);

        [LoggerMessage(1301, LogLevel.Error, "{Count} events {Type} could not be queued: {Reason}")]
        public static partial void Lost(ILogger logger, int count, string type, string reason);
    }
}
