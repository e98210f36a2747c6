using Terse.Auditing;
using Terse.Codes;

namespace Terse.Links;

/// <summary>
/// Changes and removes links: read, decide, write if the version is still the one that was read. Whether the caller reaches the link is part of what is decided
/// each time: under the same code there may be another's link by now.
/// </summary>
internal sealed class LinkEditor(ILinkStore links, LinkValidator validator, LinkPasswords passwords, LinkJournal journal, TimeProvider time)
{
    private const int MaxAttempts = 20;

    public async ValueTask<Edit> ChangeAsync(
        ShortCode code, ChangeLinkRequest request, ETagCondition condition, HostString requestHost, LinkCaller caller, CancellationToken cancellationToken)
    {
        var passwordHash = request.Password is { } password && LinkPasswords.IsLegal(password) ? await passwords.HashAsync(password, cancellationToken) : null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await links.FindAsync(code, cancellationToken) is not { } link || !caller.Reaches(link)) return new Edit(EditOutcome.Missing);
            if (!condition.Holds(link)) return new Edit(EditOutcome.PreconditionFailed, link);
            if (!validator.TryChange(link, request, passwordHash, requestHost, out var changed, out var errors)) return new Edit(EditOutcome.Invalid, link, errors);
            if (await links.ReplaceAsync(changed, link.Version, cancellationToken) != ChangeResult.Done) continue;
            await journal.ChangedAsync(link, changed, caller.Id);
            return new Edit(EditOutcome.Done, changed);
        }

        return new Edit(EditOutcome.Contended);
    }

    /// <summary>Takes the link down, or restores it (null). Not for its owner: only an admin, or the program itself, may.</summary>
    /// <param name="code">The link's code.</param>
    /// <param name="reason">Why it is taken down; null to restore it.</param>
    /// <param name="onlyIf">What the link must be like; null: whatever it is like.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="note">A word for the audit log.</param>
    /// <param name="cancellationToken">Stops before a write, not within one.</param>
    public async ValueTask<Edit> TakeDownAsync(
        ShortCode code, TakedownReason? reason, Func<Link, bool>? onlyIf, string actor, string? note, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await links.FindAsync(code, cancellationToken) is not { } link) return new Edit(EditOutcome.Missing);
            if (link.TakenDown == reason || onlyIf?.Invoke(link) == false) return new Edit(EditOutcome.Done, link);
            var changed = link with { TakenDown = reason, Version = link.NextVersion(time.GetUtcNow()) };
            if (await links.ReplaceAsync(changed, link.Version, cancellationToken) != ChangeResult.Done) continue;
            await journal.ChangedAsync(link, changed, actor, reason is null ? AuditActions.LinkRestored : AuditActions.LinkTakenDown, note);
            return new Edit(EditOutcome.Done, changed);
        }

        return new Edit(EditOutcome.Contended);
    }

    /// <param name="mayReturnFor">How long the caller may take the removal back: the clicks are kept that long. Zero: they go at once.</param>
    public async ValueTask<Edit> RemoveAsync(ShortCode code, ETagCondition condition, LinkCaller caller, CancellationToken cancellationToken, TimeSpan mayReturnFor = default)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await links.FindAsync(code, cancellationToken) is not { } link || !caller.Reaches(link)) return new Edit(EditOutcome.Missing);
            if (!condition.Holds(link)) return new Edit(EditOutcome.PreconditionFailed, link);
            if (await links.RemoveAsync(code, link.Version, cancellationToken) != ChangeResult.Done) continue;
            await journal.DeletedAsync(link, caller.Id, mayReturnFor);
            return new Edit(EditOutcome.Done, link);
        }

        return new Edit(EditOutcome.Contended);
    }
}

internal enum EditOutcome
{
    Done,
    Missing,
    PreconditionFailed,
    Invalid,
    Contended,
}

/// <param name="Outcome">What became of the request.</param>
/// <param name="Link">The link as it is now; as it was, for a removal.</param>
/// <param name="Errors">What is wrong with the request, when it is invalid.</param>
internal readonly record struct Edit(EditOutcome Outcome, Link? Link = null, FieldErrors? Errors = null);
