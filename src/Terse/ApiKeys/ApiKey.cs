namespace Terse.ApiKeys;

/// <summary>An API key as the store keeps it. Instants have millisecond precision, in UTC.</summary>
internal sealed record ApiKey
{
    /// <summary>The public half: 10 of 0-9 A-Z a-z. Names the key in lists, logs and as the owner of links.</summary>
    public required string Id { get; init; }

    /// <summary>What its maker calls it, 1 to 100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole key. The secret half has 190 random bits, so a slow hash would add nothing.</summary>
    public required byte[] Hash { get; init; }

    public required ApiScopes Scopes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || now < ExpiresAt);
}

/// <summary>What a key may do. <see cref="Admin"/> and <see cref="Write"/> do not imply the smaller ones by themselves: ask <see cref="ApiScopesExtensions.Allows"/>.</summary>
[Flags]
internal enum ApiScopes
{
    None = 0,

    /// <summary>Read links and statistics.</summary>
    Read = 1,

    /// <summary>Create, change and delete links.</summary>
    Write = 2,

    /// <summary>Everything, keys included.</summary>
    Admin = 4,

    /// <summary>Not more but less: <see cref="Read"/> and <see cref="Write"/> reach only the links that the key made.</summary>
    Own = 8,
}

internal static class ApiScopesExtensions
{
    public static bool Allows(this ApiScopes held, ApiScopes needed) =>
        (held & ApiScopes.Admin) != 0 || (held & needed) == needed;
}
