using Microsoft.Extensions.Options;
using Terse.Auditing;
using Terse.Codes;
using Terse.Webhooks;

namespace Terse.Links;

/// <summary>
/// Tells of a change of a link once the store has confirmed it: caches at once, then the audit log and the webhooks' queue, and only then the maker. Whoever changes a link calls it.
/// </summary>
internal sealed class LinkJournal(LinkChanges changes, AuditLog audit, WebhookOutbox webhooks, IOptions<AuditOptions> options, TimeProvider time)
{
    public async ValueTask CreatedAsync(Link link)
    {
        changes.Publish(LinkChange.Created(link));
        var state = LinkState.Of(link);
        if (options.Value.Creations) await audit.RecordAsync(link.Owner, AuditActions.LinkCreated, Subject(link.Code), null, state);
        await webhooks.PublishAsync(WebhookEvents.LinkCreated, [state]);
        await webhooks.ScheduleEndsAsync([link]);
    }

    public async ValueTask ChangedAsync(Link before, Link after, string actor, string action = AuditActions.LinkChanged, string? note = null)
    {
        changes.Publish(LinkChange.Changed(after, before));
        await audit.RecordChangeAsync(actor, action, Subject(after.Code), LinkState.Of(before), LinkState.Of(after, before) with { Note = note });
        await webhooks.PublishAsync(WebhookEvents.LinkChanged, [LinkState.Of(after)]);
        if (before.EndsAt != after.EndsAt) await webhooks.ScheduleEndsAsync([after]);
    }

    public async ValueTask DeletedAsync(Link link, string actor, TimeSpan mayReturnFor = default)
    {
        changes.Publish(LinkChange.Removed(link, time.GetUtcNow(), mayReturnFor));
        await audit.RecordAsync(actor, AuditActions.LinkDeleted, Subject(link.Code), LinkState.Of(link), null);
        await webhooks.PublishAsync(WebhookEvents.LinkDeleted, [LinkState.Of(link)]);
    }

    public async ValueTask ImportedAsync(IReadOnlyList<Link> links, string actor)
    {
        foreach (var link in links) changes.Publish(LinkChange.Created(link));
        if (options.Value.Creations) await audit.RecordAllAsync(actor, AuditActions.LinkImported, links.Select(static link => (Subject(link.Code), (object?)LinkState.Of(link))));
        await webhooks.PublishAsync(WebhookEvents.LinkCreated, [.. links.Select(static link => LinkState.Of(link))]);
        await webhooks.ScheduleEndsAsync(links);
    }

    /// <summary>Links that ended longer ago than they are kept. What they were, the entries before tell.</summary>
    public ValueTask SweptAsync(IReadOnlyList<ShortCode> codes)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        changes.Publish([.. codes.Select(code => new LinkChange(code, now, LinkChangeKind.Removed, null))]);
        return audit.RecordAllAsync(Actors.System, AuditActions.LinkSwept, codes.Select(static code => (Subject(code), (object?)null)));
    }

    private static string Subject(ShortCode code) => $"link:{code}";
}

/// <summary>What the audit log and webhooks tell of a link: all but its secrets. A password is "set", or "changed" when another one replaced it.</summary>
internal sealed record LinkState(
    string Code, string Url, string? Title, IReadOnlyList<string> Tags, int RedirectType, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, long EdgeTtl,
    bool Disabled, long? MaxVisits, string? Password, string? TakenDown, string Owner)
{
    /// <summary>What an admin wrote about a take-down.</summary>
    public string? Note { get; init; }

    public static LinkState Of(Link link, Link? before = null) => new(
        link.Code.Value, link.Destination, link.Title, link.Tags, (int)link.RedirectType, link.CreatedAt, link.ExpiresAt, (long)link.EdgeTtl.TotalSeconds,
        link.Disabled, link.MaxVisits,
        link.PasswordHash is null ? null : before?.PasswordHash is { } old && old != link.PasswordHash ? "changed" : "set",
        link.TakenDown?.ToString().ToLowerInvariant(), link.Owner);
}
