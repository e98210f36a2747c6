namespace Terse.Hosting;

/// <summary>What a node does. A node composes, opens and answers only what its roles need.</summary>
[Flags]
internal enum NodeRoles
{
    None = 0,

    /// <summary>Follows short links.</summary>
    Redirect = 1,

    /// <summary>The management API: makes, changes, lists and counts links.</summary>
    Api = 2,

    /// <summary>Takes clicks from the queue and counts them.</summary>
    Clicks = 4,

    /// <summary>The pages at <c>/admin</c>.</summary>
    Admin = 8,

    /// <summary>The whole product in one process.</summary>
    All = Redirect | Api | Clicks | Admin,
}

internal static class NodeRolesExtensions
{
    /// <summary>Whether it has <paramref name="role"/>, or at least one of several.</summary>
    public static bool Has(this NodeRoles roles, NodeRoles role) => (roles & role) != 0;
}
