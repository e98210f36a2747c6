using System.Security.Claims;
using Terse.ApiKeys;
using Terse.Codes;

namespace Terse.Links;

/// <summary>Who asks for links. One that is narrowed to its own meets another's link as one that is not there.</summary>
/// <param name="Id">The id of the key, or of the person, as the audit log names it.</param>
/// <param name="OwnOnly">Whether it reaches only the links that it made.</param>
internal readonly record struct LinkCaller(string Id, bool OwnOnly)
{
    /// <summary>Whose links a list may have: null for everybody's.</summary>
    public string? Owner => OwnOnly ? Id : null;

    public bool Reaches(Link link) => !OwnOnly || link.Owner == Id;
}

internal static class LinkCallers
{
    public static LinkCaller AsLinkCaller(this ClaimsPrincipal user) => new(user.KeyId(), user.HasOwnLinksOnly());

    /// <summary>The link under the code, if there is one that the caller reaches: the one way to a link for what is asked about it.</summary>
    public static async ValueTask<Link?> FindAsync(this ILinkStore links, string code, LinkCaller caller, CancellationToken cancellationToken) =>
        ShortCode.TryParse(code, out var parsed) && await links.FindAsync(parsed, cancellationToken) is { } link && caller.Reaches(link) ? link : null;
}
