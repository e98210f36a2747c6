using Microsoft.Extensions.Options;
using Terse.Codes;
using Terse.Hosting;

namespace Terse.Links;

/// <summary>
/// Makes links. Without a key: take a code, insert conditionally. With a key (the caller's, or one derived from the content): claim it first.
/// There is no read before an insert anywhere.
/// </summary>
internal sealed class LinkCreator(
    ILinkStore links, IIdempotencyStore claims, CodeGenerator codes, IssuedCodes issued, LinkChanges changes,
    IOptions<LinksOptions> options, TimeProvider time)
{
    private readonly LinksOptions _options = options.Value;

    public async ValueTask<Creation> CreateAsync(LinkDraft draft, string owner, CancellationToken cancellationToken)
    {
        var link = await PrepareAsync(draft, owner, cancellationToken);
        return await InsertAsync(link, cancellationToken) is { } inserted ? Creation.Created(inserted) : Creation.AliasTaken;
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
    // 3. Complete the claim; or release it when nothing was made, so that the caller can correct the request and use the key again.
    private async ValueTask<Creation> CreateClaimedAsync(LinkDraft draft, string owner, string key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToMillisecond();
        var link = await PrepareAsync(draft, owner, cancellationToken);
        var claim = new IdempotencyClaim(key, draft.ContentHash(owner), link, now + _options.IdempotencyLease, now + _options.IdempotencyWindow);
        var (state, held) = await claims.ClaimAsync(claim, now, cancellationToken);
        if (held.RequestHash != claim.RequestHash) return Creation.Mismatch;
        if (state == ClaimState.InFlight) return Creation.InFlight;
        if (state == ClaimState.Completed) return Creation.Replayed(held.Link);

        // From here on the caller's going away changes nothing: a claim left open would make its retries wait.
        if (await InsertAsync(held.Link, CancellationToken.None, state == ClaimState.TakenOver) is { } made)
        {
            await claims.CompleteAsync(key, made, CancellationToken.None);
            return Creation.Created(made);
        }

        await claims.ReleaseAsync(key, CancellationToken.None);
        return Creation.AliasTaken;
    }

    private async ValueTask<Link> PrepareAsync(LinkDraft draft, string owner, CancellationToken cancellationToken)
    {
        var code = draft.Alias ?? await codes.NextAsync(cancellationToken);
        return draft.ToLink(code, owner, _options.Retention, time.GetUtcNow().ToMillisecond());
    }

    /// <summary>Inserts under the link's code; a generated code that an alias has taken is skipped for the next. Null: the alias is taken.</summary>
    private async ValueTask<Link?> InsertAsync(Link link, CancellationToken cancellationToken, bool mayBeThere = false)
    {
        if (link.IsAlias) issued.AddLookalike(link.Code);
        while (await links.AddAsync(link, cancellationToken) == AddResult.Taken)
        {
            if (mayBeThere && await links.FindAsync(link.Code, cancellationToken) is { } there && IsSame(there, link)) return link;
            if (link.IsAlias) return null;
            link = link with { Code = await codes.NextAsync(cancellationToken) };
        }

        changes.Publish(LinkChange.Created(link));
        return link;
    }

    // Whoever was here before the claim was taken over inserted this very link.
    private static bool IsSame(Link there, Link claimed) => there.CreatedAt == claimed.CreatedAt && there.Owner == claimed.Owner;
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
