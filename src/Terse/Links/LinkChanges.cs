using Terse.Codes;

namespace Terse.Links;

/// <summary>Tells whoever keeps copies of links that one has changed. Publishers call it after the store has confirmed the change.</summary>
internal sealed class LinkChanges(IEnumerable<ILinkChangeListener> listeners)
{
    private readonly ILinkChangeListener[] _listeners = [.. listeners];

    public void Publish(LinkChange change)
    {
        foreach (var listener in _listeners) listener.OnChanged(change);
    }

    public void Publish(IReadOnlyList<LinkChange> changes)
    {
        foreach (var listener in _listeners) listener.OnChanged(changes);
    }
}

/// <summary>Keeps copies of links: the L1 cache, the backplane that tells other nodes, webhooks. Must not block and must not throw.</summary>
internal interface ILinkChangeListener
{
    void OnChanged(LinkChange change);

    /// <summary>Many at once: for a listener to which one sync of a file is cheaper than one each.</summary>
    void OnChanged(IReadOnlyList<LinkChange> changes)
    {
        foreach (var change in changes) OnChanged(change);
    }
}

/// <param name="Code">The link's code.</param>
/// <param name="Version">The version from which on the change is in force; for a removal, one later than the removed link's.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Link">The link as it is now; null when removed.</param>
/// <param name="MayReturnFor">How long a removal may still be taken back; zero for one that is final.</param>
internal readonly record struct LinkChange(ShortCode Code, long Version, LinkChangeKind Kind, Link? Link, TimeSpan MayReturnFor = default)
{
    /// <summary>For how long shared caches may keep what the link was before the change; zero: no answer was to be kept.</summary>
    public TimeSpan EdgeTtl { get; init; }

    public static LinkChange Created(Link link) => new(link.Code, link.Version, LinkChangeKind.Created, link);

    public static LinkChange Changed(Link link, Link? before = null) => new(link.Code, link.Version, LinkChangeKind.Changed, link) { EdgeTtl = before?.EdgeTtl ?? TimeSpan.Zero };

    public static LinkChange Removed(Link link, DateTimeOffset now, TimeSpan mayReturnFor = default) =>
        new(link.Code, link.NextVersion(now), LinkChangeKind.Removed, null, mayReturnFor) { EdgeTtl = link.EdgeTtl };
}

internal enum LinkChangeKind
{
    Created,
    Changed,
    Removed,
}
