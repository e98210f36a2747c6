using Terse.Links;

namespace Terse.Redirects;

/// <summary>What visitors of a link must pass before they are redirected.</summary>
internal sealed class LinkGuard(Link link)
{
    /// <summary>The object without its hash.</summary>
    public const int FixedBytes = 40;

    private volatile bool _usedUp = link.IsUsedUp;

    public int RedirectStatus { get; } = (int)link.RedirectType;

    public string? PasswordHash { get; } = link.PasswordHash;

    /// <summary>Whether it redirects a limited number of visits.</summary>
    public bool Limited { get; } = link.MaxVisits is not null;

    /// <summary>Known to have no visit left: a flood on a used-up link does not reach the store. A raised limit is a change of the link, and comes with a new guard.</summary>
    public bool UsedUp
    {
        get => _usedUp;
        set => _usedUp = value;
    }
}
