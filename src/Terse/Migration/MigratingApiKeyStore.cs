using Terse.ApiKeys;

namespace Terse.Migration;

/// <summary>API keys while an instance moves: the lead decides, the follower is told.</summary>
internal sealed class MigratingApiKeyStore(LiveMigration migration) : IApiKeyStore
{
    private IApiKeyStore Lead => migration.Lead.Keys;

    public async ValueTask<bool> AddAsync(ApiKey key, CancellationToken cancellationToken) => await FollowAsync(key, await Lead.AddAsync(key, cancellationToken));

    public async ValueTask<bool> AddFirstAsync(ApiKey key, CancellationToken cancellationToken) => await FollowAsync(key, await Lead.AddFirstAsync(key, cancellationToken));

    public ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) => Lead.FindAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken) => Lead.ListAsync(cancellationToken);

    public async ValueTask<bool> RevokeAsync(string id, DateTimeOffset revokedAt, CancellationToken cancellationToken)
    {
        var revoked = await Lead.RevokeAsync(id, revokedAt, cancellationToken);
        if (revoked) await migration.FollowAsync(async () => await migration.Follower.Keys.RevokeAsync(id, revokedAt, CancellationToken.None));
        return revoked;
    }

    private async ValueTask<bool> FollowAsync(ApiKey key, bool added)
    {
        if (added) await migration.FollowAsync(async () => await migration.Follower.Keys.AddAsync(key, CancellationToken.None));
        return added;
    }
}
