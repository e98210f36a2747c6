namespace Terse.Auditing;

/// <summary>Keeps what was done, by whom, and how things stood before and after. Entries are never changed. Every clause below is one test of the contract suite.</summary>
internal interface IAuditStore
{
    /// <summary>Adds the entries, in their order, after all that are there. Durable when it returns.</summary>
    ValueTask AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken);

    /// <summary>
    /// A page of entries, the last added first.
    /// <list type="bullet">
    /// <item>An added entry is listed with every field as it was given, by every node.</item>
    /// <item>Following <see cref="AuditPage.Next"/> visits every entry that is there throughout exactly once, whatever is added meanwhile; it is null on the last page.</item>
    /// <item>A filter on subject, actor or action matches entries that have exactly this one; several must all match.</item>
    /// <item>A cursor that is not one of this store's throws <see cref="FormatException"/>.</item>
    /// </list>
    /// </summary>
    ValueTask<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken);

    /// <summary>Removes those of the <paramref name="limit"/> first added entries that are from before <paramref name="before"/>, and returns how many.</summary>
    ValueTask<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}

/// <param name="At">When, to the millisecond.</param>
/// <param name="Actor">The id of the API key, or one of <see cref="Actors"/>.</param>
/// <param name="Action">What was done, such as <c>link.changed</c>: one of <see cref="AuditActions"/>.</param>
/// <param name="Subject">To what: <c>link:</c>, <c>key:</c> or <c>webhook:</c> with the code or id.</param>
/// <param name="Before">How it stood before, as a JSON object; of a change the changed fields only. Never a secret.</param>
/// <param name="After">How it stands now, likewise.</param>
internal sealed record AuditEntry(DateTimeOffset At, string Actor, string Action, string Subject, string? Before, string? After);

internal sealed record AuditQuery(int Limit, string? Cursor = null, string? Subject = null, string? Actor = null, string? Action = null);

internal sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, string? Next);
