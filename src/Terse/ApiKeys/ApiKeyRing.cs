using System.Collections.Concurrent;
using System.Security.Cryptography;
using Terse.Auditing;
using Terse.Hosting;

namespace Terse.ApiKeys;

/// <summary>Makes, checks and revokes API keys. A checked key is remembered for <see cref="Memory"/>, so that a busy caller costs no look-up per call.</summary>
internal sealed class ApiKeyRing(IApiKeyStore store, AuditLog audit, TimeProvider time)
{
    /// <summary>How long a revocation made by another process may go unseen here.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);

    private const int MaxRemembered = 10_000;
    private readonly ConcurrentDictionary<string, (ApiKey Key, DateTimeOffset Until)> _remembered = new(StringComparer.Ordinal);

    /// <summary>The key record that <paramref name="presented"/> stands for, or null when it is malformed, unknown, wrong, revoked or expired.</summary>
    public async ValueTask<ApiKey?> CheckAsync(string presented, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.TryParse(presented, out var text)) return null;

        return await FindUsableAsync(text.Id, cancellationToken) is { } key && CryptographicOperations.FixedTimeEquals(key.Hash, text.Hash()) ? key : null;
    }

    /// <summary>The key with this id, if it is neither revoked nor expired: what a session that was opened with it asks again and again.</summary>
    public async ValueTask<ApiKey?> FindUsableAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!_remembered.TryGetValue(id, out var entry) || entry.Until <= now)
        {
            if (await store.FindAsync(id, cancellationToken) is not { } found) return null;
            if (_remembered.Count >= MaxRemembered) _remembered.Clear();
            _remembered[id] = entry = (found, now + Memory);
        }

        return entry.Key.IsUsable(now) ? entry.Key : null;
    }

    public async ValueTask<(ApiKey Key, ApiKeyText Text)> CreateAsync(
        string name, ApiScopes scopes, DateTimeOffset? expiresAt, string actor, CancellationToken cancellationToken)
    {
        while (true)
        {
            var text = ApiKeyText.Generate();
            var key = New(text, name, scopes, expiresAt);
            if (!await store.AddAsync(key, cancellationToken)) continue;
            await RecordAsync(key, actor);
            return (key, text);
        }
    }

    /// <summary>Makes the admin key of an empty store, from <paramref name="bootstrapKey"/> if that is not empty. Null when there are keys already.</summary>
    public async ValueTask<ApiKeyText?> CreateFirstAsync(string bootstrapKey, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.TryParse(bootstrapKey, out var text)) text = ApiKeyText.Generate();
        var key = New(text, "first admin key", ApiScopes.Admin, expiresAt: null);
        if (!await store.AddFirstAsync(key, cancellationToken)) return null;
        await RecordAsync(key, Actors.System);
        return text;
    }

    public async ValueTask<bool> RevokeAsync(string id, string actor, CancellationToken cancellationToken)
    {
        var revoked = await store.RevokeAsync(id, time.GetUtcNow().ToMillisecond(), cancellationToken);
        _remembered.TryRemove(id, out _);
        if (revoked) await audit.RecordAsync(actor, AuditActions.KeyRevoked, $"key:{id}", null, null);
        return revoked;
    }

    public ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);

    private ValueTask RecordAsync(ApiKey key, string actor) => audit.RecordAsync(
        actor, AuditActions.KeyCreated, $"key:{key.Id}", null, new { key.Name, Scopes = ScopeNames.Of(key.Scopes), key.ExpiresAt });

    private ApiKey New(ApiKeyText text, string name, ApiScopes scopes, DateTimeOffset? expiresAt) => new()
    {
        Id = text.Id,
        Name = name,
        Hash = text.Hash(),
        Scopes = scopes,
        CreatedAt = time.GetUtcNow().ToMillisecond(),
        ExpiresAt = expiresAt,
    };
}
