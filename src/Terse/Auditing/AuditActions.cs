namespace Terse.Auditing;

/// <summary>What can be done to what is kept.</summary>
internal static class AuditActions
{
    public const string LinkCreated = "link.created";
    public const string LinkChanged = "link.changed";
    public const string LinkDeleted = "link.deleted";
    public const string LinkImported = "link.imported";
    public const string LinkSwept = "link.swept";
    public const string LinkTakenDown = "link.taken-down";
    public const string LinkRestored = "link.restored";
    public const string LinkReported = "link.reported";
    public const string KeyCreated = "key.created";
    public const string KeyImported = "key.imported";
    public const string KeyRevoked = "key.revoked";
    public const string WebhookCreated = "webhook.created";
    public const string WebhookChanged = "webhook.changed";
    public const string WebhookDeleted = "webhook.deleted";
    public const string WebhookDisabled = "webhook.disabled";
    public const string WebhookReplayed = "webhook.replayed";
    public const string WebhookDiscarded = "webhook.discarded";
    public const string DeadLetterReplayed = "dead-letter.replayed";
    public const string DeadLetterDiscarded = "dead-letter.discarded";
    public const string BlocklistChanged = "blocklist.changed";
    public const string MigrationLeadChanged = "migration.lead-changed";
    public const string Imported = "import.ended";
}

/// <summary>Who acts without an API key.</summary>
internal static class Actors
{
    /// <summary>The program itself.</summary>
    public const string System = "system";

    /// <summary>Who runs <c>terse</c> on the machine of the stores.</summary>
    public const string CommandLine = "command-line";

    /// <summary>A visitor of a link, unknown by design.</summary>
    public const string Visitor = "visitor";
}
