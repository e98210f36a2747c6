using Terse.Codes;

namespace Terse.Links;

/// <summary>Changes and removes links: read, decide, write if the version is still the one that was read.</summary>
internal sealed class LinkEditor(ILinkStore links, LinkValidator validator, LinkPasswords passwords, LinkJournal journal)
{
    private const int MaxAttempts = 20;

    public async ValueTask<Edit> ChangeAsync(
        ShortCode code, ChangeLinkRequest request, ETagCondition condition, HostString requestHost, string actor, CancellationToken cancellationToken)
    {
        var passwordHash = request.Password is { } password && LinkPasswords.IsLegal(password) ? await passwords.HashAsync(password, cancellationToken) : null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await links.FindAsync(code, cancellationToken) is not { } link) return new Edit(EditOutcome.Missing);
            if (!condition.Holds(link)) return new Edit(EditOutcome.PreconditionFailed, link);
            if (!validator.TryChange(link, request, passwordHash, requestHost, out var changed, out var errors)) return new Edit(EditOutcome.Invalid, link, errors);
            if (await links.ReplaceAsync(changed, link.Version, cancellationToken) != ChangeResult.Done) continue;
            await journal.ChangedAsync(link, changed, actor);
            return new Edit(EditOutcome.Done, changed);
        }

        return new Edit(EditOutcome.Contended);
    }

    public async ValueTask<Edit> RemoveAsync(ShortCode code, ETagCondition condition, string actor, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await links.FindAsync(code, cancellationToken) is not { } link) return new Edit(EditOutcome.Missing);
            if (!condition.Holds(link)) return new Edit(EditOutcome.PreconditionFailed, link);
            if (await links.RemoveAsync(code, link.Version, cancellationToken) != ChangeResult.Done) continue;
            await journal.DeletedAsync(link, actor);
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
