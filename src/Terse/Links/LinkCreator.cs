using Microsoft.Extensions.Options;
using Terse.Codes;
using Terse.Hosting;

namespace Terse.Links;

/// <summary>
/// Makes links. Without a key: take a code, insert conditionally. With a key (the caller's, or one derived from the content): claim it first.
/// There is no read before an insert anywhere.
/// </summary>
internal sealed class LinkCreator(
    ILinkStore links, IIdempotencyStore claims, CodeGenerator codes, IssuedCodes issued, LinkJournal journal,
    IOptions<LinksOptions> options, TimeProvider time)
{
    private readonly LinksOptions _options = options.Value;

    public async ValueTask<Creation> CreateAsync(LinkDraft draft, string owner, CancellationToken cancellationToken)
    {
        while (true)
        {
            var link = await PrepareAsync(draft, owner, cancellationToken);
            if (await TryInsertAsync(link, cancellationToken)) return Creation.Created(link);

            // A generated code that an alias has taken is skipped for the next.
            if (link.IsAlias) return Creation.AliasTaken;
        }
    }

    /// <summary>Repeating the call with the same key and draft, at once or within the window, never makes a second link.</summary>
    public ValueTask<Creation> CreateOnceAsync(LinkDraft draft, string owner, string idempotencyKey, CancellationToken cancellationToken) =>
        CreateClaimedAsync(draft, owner, IdempotencyKeys.ForCaller(owner, idempotencyKey), cancellationToken);

    /// <summary>Returns the link that an equal draft of this owner made within the window, if it is still as it was made; else makes it.</summary>
    public async ValueTask<Creation> CreateOrFindAsync(LinkDraft draft, string owner, CancellationToken cancellationToken)
    {
        var key = IdempotencyKeys.ForContent(draft.ContentHash(owner));
        while (true)
        {
            var creation = await CreateClaimedAsync(draft, owner, key, cancellationToken);
            if (creation.Outcome != CreationOutcome.Replayed) return creation;
            var made = creation.Link!;
            var current = await links.FindAsync(made.Code, cancellationToken);
            if (current is not null && current.Version == made.Version && !current.HasEnded(time.GetUtcNow())) return creation;

            // The link was deleted, changed or has ended: whoever sees that derives the same next key, so still only one new link is made.
            key = IdempotencyKeys.After(key, made);
        }
    }

    // 1. Claim the key, with the link that is to be made.
    // 2. Insert the link that the claim holds: ours, or that of a claimant who seems dead.
    // 3. Complete the claim. When nothing was made, release it: the caller may correct the request and use the key again. A generated code
    //    that an alias has taken is such a case too; the next round claims the key with the next code.
    private async ValueTask<Creation> CreateClaimedAsync(LinkDraft draft, string owner, string key, CancellationToken cancellationToken)
    {
        while (true)
        {
            var link = await PrepareAsync(draft, owner, cancellationToken);
            var now = time.GetUtcNow().ToMillisecond();
            var claim = new IdempotencyClaim(key, draft.ContentHash(owner), link, now + _options.IdempotencyLease, now + _options.IdempotencyWindow);
            var (state, held) = await claims.ClaimAsync(claim, now, cancellationToken);
            if (held.RequestHash != claim.RequestHash) return Creation.Mismatch;
            if (state == ClaimState.InFlight) return Creation.InFlight;
            if (state == ClaimState.Completed) return Creation.Replayed(held.Link);

            // From here on the caller's going away changes nothing: a claim left open would make its retries wait.
            if (await TryInsertAsync(held.Link, CancellationToken.None) || await IsThereAsync(held.Link))
            {
                await claims.CompleteAsync(held, CancellationToken.None);
                return Creation.Created(held.Link);
            }

            await claims.ReleaseAsync(held, CancellationToken.None);
            if (held.Link.IsAlias) return Creation.AliasTaken;
        }
    }

    private async ValueTask<Link> PrepareAsync(LinkDraft draft, string owner, CancellationToken cancellationToken)
    {
        var code = draft.Alias ?? await codes.NextAsync(cancellationToken);
        return draft.ToLink(code, owner, _options.Retention, time.GetUtcNow().ToMillisecond());
    }

    private async ValueTask<bool> TryInsertAsync(Link link, CancellationToken cancellationToken)
    {
        if (link.IsAlias) issued.AddLookalike(link.Code);
        if (await links.AddAsync(link, cancellationToken) == AddResult.Taken) return false;
        await journal.CreatedAsync(link);
        return true;
    }

    // Whoever held the claim before or beside us has inserted this very link.
    private async ValueTask<bool> IsThereAsync(Link link) =>
        await links.FindAsync(link.Code, CancellationToken.None) is { } there
        && there with { Tags = link.Tags, Visits = link.Visits } == link && there.Tags.SequenceEqual(link.Tags, StringComparer.Ordinal);
}

internal enum CreationOutcome
{
    Created,
    Replayed,
    AliasTaken,
    InFlight,
    Mismatch,
}

/// <param name="Outcome">What became of the request.</param>
/// <param name="Link">The link, when it was created or replayed.</param>
internal readonly record struct Creation(CreationOutcome Outcome, Link? Link)
{
    public static Creation AliasTaken => new(CreationOutcome.AliasTaken, null);

    public static Creation InFlight => new(CreationOutcome.InFlight, null);

    public static Creation Mismatch => new(CreationOutcome.Mismatch, null);

    public static Creation Created(Link link) => new(CreationOutcome.Created, link);

    public static Creation Replayed(Link link) => new(CreationOutcome.Replayed, link);
}
