namespace Terse.ApiKeys;

/// <summary>
/// Keys with the scope own. Every route is closed to them but those that say here that they keep to the caller's own links: one that is added and does not
/// think of them shows them nothing. What such a route does with another's link is up to <see cref="Terse.Links.LinkCaller"/>.
/// </summary>
internal static class OwnLinks
{
    /// <summary>Says that the route shows and changes no link but those that <see cref="Terse.Links.LinkCaller.Reaches"/>.</summary>
    public static RouteHandlerBuilder KeepsToOwnLinks(this RouteHandlerBuilder route) => route.WithMetadata(Mark.Instance);

    /// <summary>Whether this caller may not use this route, only because its key is narrowed to its own links.</summary>
    public static bool Close(HttpContext context) => context.User.HasOwnLinksOnly() && (context.GetEndpoint() is not { } route || !Admits(route.Metadata));

    /// <summary>Whether a route with this metadata may be used with such a key.</summary>
    public static bool Admits(IEnumerable<object> metadata) => metadata.Contains(Mark.Instance);

    private sealed class Mark
    {
        public static readonly Mark Instance = new();
    }
}
