namespace Terse.Webhooks;

/// <summary>An address that wants to be told of events. Instants have millisecond precision, in UTC.</summary>
internal sealed record Webhook
{
    /// <summary><c>wh_</c> and 20 letters or digits.</summary>
    public required string Id { get; init; }

    public required string Url { get; init; }

    /// <summary>Of <see cref="WebhookEvents.All"/>, ordered.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>The key of the signatures, as <c>whsec_</c> and base64. The one secret that the store must hold whole: signing needs it.</summary>
    public required string Secret { get; init; }

    public required string Description { get; init; }

    /// <summary>The id of the API key that made it.</summary>
    public required string Owner { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Why nothing is sent, or null while it works.</summary>
    public string? Disabled { get; init; }

    /// <summary>How many attempts in a row have failed. The store alone counts them (<see cref="IWebhookStore.SettleAsync"/>).</summary>
    public int Failures { get; init; }

    /// <summary>Grows with every change.</summary>
    public required long Version { get; init; }

    /// <summary>Without the secret: records end up in logs and messages.</summary>
    public override string ToString() => $"{Id} ({Url})";
}

/// <summary>One event on its way to one webhook.</summary>
/// <param name="Id"><c>msg_</c>, the time in 12 hexadecimal digits, and 16 letters or digits: ids order by age. The receiver's key against repetition.</param>
/// <param name="WebhookId">Whither.</param>
/// <param name="Event">One of <see cref="WebhookEvents.All"/>, or <see cref="WebhookEvents.Ping"/>.</param>
/// <param name="Body">The JSON as it is signed and sent.</param>
/// <param name="CreatedAt">When the event happened.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NextAt">When it is tried next; of a leased one the end of the lease.</param>
/// <param name="LastError">How the last attempt failed.</param>
/// <param name="Dead">Given up: a dead letter.</param>
internal sealed record WebhookDelivery(
    string Id, string WebhookId, string Event, string Body, DateTimeOffset CreatedAt, int Attempts, DateTimeOffset NextAt, string? LastError, bool Dead);

internal static class WebhookEvents
{
    public const string LinkCreated = "link.created";
    public const string LinkChanged = "link.changed";
    public const string LinkDeleted = "link.deleted";
    public const string LinkExpired = "link.expired";
    public const string LinkClicked = "link.clicked";
    public const string Ping = "webhook.ping";

    public static readonly IReadOnlyList<string> All = [LinkChanged, LinkClicked, LinkCreated, LinkDeleted, LinkExpired];
}
