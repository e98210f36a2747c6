using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Terse.Auditing;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Webhooks;

/// <summary>Makes, changes and removes webhooks, and records who did.</summary>
internal sealed class WebhookEditor(IWebhookStore store, WebhookOutbox outbox, EarlierEnds ends, AuditLog audit, IOptions<WebhooksOptions> options, TimeProvider time)
{
    private const int MaxUrl = 2048;
    private const int MaxDescription = 200;

    public async ValueTask<(Webhook? Webhook, FieldErrors Errors)> CreateAsync(CreateWebhookRequest request, string actor, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var now = time.GetUtcNow().ToMillisecond();
        if (request.Secret is { } given && !WebhookSignature.IsSecret(given)) errors.Add("secret", "A secret is whsec_ and 24 to 64 bytes in base64. Leave it out for a generated one.");
        var webhook = new Webhook
        {
            Id = "wh_" + RandomNumberGenerator.GetString(ShortCode.Alphabet, 20),
            Url = Url(request.Url, errors),
            Events = Events(request.Events, errors),
            Secret = request.Secret ?? WebhookSignature.NewSecret(),
            Description = Description(request.Description, errors),
            Owner = actor,
            CreatedAt = now,
            Version = now.ToUnixTimeMilliseconds(),
        };
        if (errors.Any) return (null, errors);
        await store.AddAsync(webhook, cancellationToken);
        outbox.Forget();
        if (WantsEnds(webhook)) ends.Begin();
        await audit.RecordAsync(actor, AuditActions.WebhookCreated, Subject(webhook.Id), null, State(webhook));
        return (webhook, errors);
    }

    /// <summary>Null without errors: there is no such webhook.</summary>
    public async ValueTask<(Webhook? Webhook, FieldErrors Errors)> ChangeAsync(string id, ChangeWebhookRequest request, string actor, CancellationToken cancellationToken)
    {
        while (true)
        {
            var errors = new FieldErrors();
            if (await store.FindAsync(id, cancellationToken) is not { } webhook) return (null, errors);
            var changed = webhook with { Version = Math.Max(webhook.Version + 1, time.GetUtcNow().ToUnixTimeMilliseconds()) };
            if (request.Url is not null) changed = changed with { Url = Url(request.Url, errors) };
            if (request.Events is not null) changed = changed with { Events = Events(request.Events, errors) };
            if (request.Description is not null) changed = changed with { Description = Description(request.Description, errors) };
            if (request.RotateSecret == true) changed = changed with { Secret = WebhookSignature.NewSecret() };
            if (request.Enabled == true) changed = changed with { Disabled = null, Failures = 0 };
            if (request.Enabled == false) changed = changed with { Disabled = webhook.Disabled ?? "Switched off." };
            if (errors.Any) return (null, errors);
            if (await store.ReplaceAsync(changed, webhook.Version, cancellationToken) != ChangeResult.Done) continue;
            outbox.Forget();
            if (WantsEnds(changed) && !WantsEnds(webhook)) ends.Begin();
            await audit.RecordChangeAsync(actor, AuditActions.WebhookChanged, Subject(id), State(webhook), State(changed, webhook));
            return (changed, errors);
        }
    }

    public async ValueTask<bool> RemoveAsync(string id, string actor, CancellationToken cancellationToken)
    {
        var webhook = await store.FindAsync(id, cancellationToken);
        if (webhook is null || !await store.RemoveAsync(id, cancellationToken)) return false;
        outbox.Forget();
        await audit.RecordAsync(actor, AuditActions.WebhookDeleted, Subject(id), State(webhook), null);
        return true;
    }

    /// <summary>Sends the dead letters of a webhook again, or one of them, and tells how many.</summary>
    public async ValueTask<int> ReplayAsync(string id, string? delivery, string actor, CancellationToken cancellationToken)
    {
        var count = await store.ReplayAsync(id, delivery, time.GetUtcNow().ToMillisecond(), cancellationToken);
        if (count > 0) await audit.RecordAsync(actor, AuditActions.WebhookReplayed, Subject(id), null, new { Delivery = delivery, Count = count });
        return count;
    }

    /// <summary>Throws the dead letters of a webhook away, or one of them, and tells how many.</summary>
    public async ValueTask<int> DiscardAsync(string id, string? delivery, string actor, CancellationToken cancellationToken)
    {
        var count = await store.DiscardAsync(id, delivery, cancellationToken);
        if (count > 0) await audit.RecordAsync(actor, AuditActions.WebhookDiscarded, Subject(id), null, new { Delivery = delivery, Count = count });
        return count;
    }

    private string Url(string? url, FieldErrors errors)
    {
        if (url is not { Length: > 0 and <= MaxUrl } || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
            errors.Add("url", $"A webhook's URL starts with https:// or http://, has at most {MaxUrl} characters, and no user name.");
        else if (!options.Value.AllowPrivateAddresses && (uri.IsLoopback || (IPAddress.TryParse(uri.IdnHost, out var address) && !PublicAddresses.Contains(address))))
            errors.Add("url", "This address is not public. Terse:Webhooks:AllowPrivateAddresses allows such.");
        return url ?? "";
    }

    private static string[] Events(IReadOnlyList<string?>? events, FieldErrors errors)
    {
        if (events is { Count: > 0 } && events.All(name => WebhookEvents.All.Contains(name, StringComparer.Ordinal)))
            return [.. events.Select(name => name!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        errors.Add("events", $"Give one or more of {string.Join(", ", WebhookEvents.All)}.");
        return [];
    }

    private static string Description(string? description, FieldErrors errors)
    {
        if (description?.Length > MaxDescription || description?.Any(char.IsControl) == true) errors.Add("description", $"A description has at most {MaxDescription} characters, none of them a control character.");
        return description ?? "";
    }

    private static bool WantsEnds(Webhook webhook) => webhook.Disabled is null && webhook.Events.Contains(WebhookEvents.LinkExpired, StringComparer.Ordinal);

    private static string Subject(string id) => $"webhook:{id}";

    private static object State(Webhook webhook, Webhook? before = null) => new
    {
        webhook.Url,
        webhook.Events,
        webhook.Description,
        webhook.Disabled,
        Secret = before is not null && before.Secret != webhook.Secret ? "changed" : "set",
    };
}
