using System.Collections.Concurrent;
using System.Security.Cryptography;
using Terse.Auditing;
using Terse.Clicks.Statistics;
using Terse.Codes;
using Terse.Links;

namespace Terse.Admin.Links;

/// <summary>
/// Links that were deleted here within <see cref="Memory"/>, so that a deletion can be taken back. Undo puts the same link under the same code,
/// if nobody has taken the code meanwhile, and its clicks are still there. Kept in this process only: a restart forgets them.
/// </summary>
internal sealed class RecentlyDeleted(ILinkStore links, IssuedCodes issued, LinkChanges changes, LinkErasure erasure, AuditLog audit, TimeProvider time)
{
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    /// <summary>Longer than <see cref="Memory"/>, so that an undo in the last second finds the clicks.</summary>
    public static readonly TimeSpan ClicksKept = Memory + TimeSpan.FromMinutes(1);
    private const int Most = 1_000;
    private readonly ConcurrentDictionary<string, (IReadOnlyList<Link> Links, DateTimeOffset Until)> _kept = new(StringComparer.Ordinal);

    /// <summary>Returns the handle to take the deletion back with.</summary>
    public string Keep(IReadOnlyList<Link> deleted)
    {
        var now = time.GetUtcNow();
        foreach (var (key, entry) in _kept) if (entry.Until <= now || _kept.Count > Most) _kept.TryRemove(key, out _);
        var handle = RandomNumberGenerator.GetHexString(24, lowercase: true);
        _kept[handle] = (deleted, now + Memory);
        return handle;
    }

    /// <summary>How many links are there again, and how many could not be; both 0 for a handle that is not known (any more).</summary>
    public async ValueTask<(IReadOnlyList<Link> Restored, int Taken)> UndoAsync(string handle, string actor, CancellationToken cancellationToken)
    {
        if (!_kept.TryRemove(handle, out var entry) || entry.Until <= time.GetUtcNow()) return ([], 0);
        var restored = new List<Link>();
        foreach (var link in entry.Links)
        {
            // A link made anew has a higher version than the deleted one, so caches that saw the deletion believe it.
            var anew = link with { Version = Math.Max(link.NextVersion(time.GetUtcNow()), link.Version + 2) };
            if (anew.IsAlias) issued.AddLookalike(anew.Code);
            if (await links.AddAsync(anew, cancellationToken) != AddResult.Added) continue;
            erasure.CallOff(anew.Code);
            changes.Publish(LinkChange.Created(anew));
            restored.Add(anew);
        }

        await audit.RecordAllAsync(actor, AuditActions.LinkRestored, restored.Select(link => ($"link:{link.Code}", (object?)new { url = link.Destination })));
        return (restored, entry.Links.Count - restored.Count);
    }
}
