namespace Terse.ApiKeys;

/// <summary>Keeps API keys by id; the secret half is there only as a hash. Every clause below is one test of the contract suite.</summary>
internal interface IApiKeyStore
{
    /// <summary>Adds the key; false, and nothing changes, when its id is taken.</summary>
    ValueTask<bool> AddAsync(ApiKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Adds the key only if the store has no key at all, revoked ones included: of processes that start at once on an empty store, one succeeds.
    /// </summary>
    ValueTask<bool> AddFirstAsync(ApiKey key, CancellationToken cancellationToken);

    /// <summary>The key with this id (ids differ by case), revoked and expired ones too, or null.</summary>
    ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>All keys, revoked and expired ones too, the newest by <see cref="ApiKey.CreatedAt"/> first.</summary>
    ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Revokes the key; true if it was there and not revoked before. A revocation cannot be undone, and keeps its first instant.</summary>
    ValueTask<bool> RevokeAsync(string id, DateTimeOffset revokedAt, CancellationToken cancellationToken);
}
