using Terse.ApiKeys;

namespace Terse.Adapters.Sqlite;

internal sealed class SqliteApiKeyStore(SqliteDatabase database) : IApiKeyStore
{
    private const string Columns = "id, name, hash, scopes, created_at, expires_at, revoked_at";

    public ValueTask<bool> AddAsync(ApiKey key, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => Bind(session.Prepare($"INSERT INTO api_keys ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO NOTHING"), key).Execute() == 1,
            cancellationToken);

    public ValueTask<bool> AddFirstAsync(ApiKey key, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => Bind(session.Prepare($"INSERT INTO api_keys ({Columns}) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (SELECT 1 FROM api_keys)"), key).Execute() == 1,
            cancellationToken);

    public ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(database.Read(id, static (session, id) => session
            .Prepare($"SELECT {Columns} FROM api_keys WHERE id = ?1")
            .Bind(id)
            .First(Read)));

    public ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ApiKey>>(database.Read(0, static (session, _) => session
            .Prepare($"SELECT {Columns} FROM api_keys ORDER BY created_at DESC, rowid DESC")
            .All(Read)));

    public ValueTask<bool> RevokeAsync(string id, DateTimeOffset revokedAt, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => session
                .Prepare("UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL")
                .Bind(id).Bind(revokedAt)
                .Execute() == 1,
            cancellationToken);

    private static SqliteStatement Bind(SqliteStatement statement, ApiKey key) => statement
        .Bind(key.Id)
        .Bind(key.Name)
        .Bind(key.Hash)
        .Bind((long)key.Scopes)
        .Bind(key.CreatedAt)
        .Bind(key.ExpiresAt)
        .Bind(key.RevokedAt);

    private static ApiKey Read(SqliteStatement row) => new()
    {
        Id = row.Text(0),
        Name = row.Text(1),
        Hash = row.Blob(2),
        Scopes = (ApiScopes)row.Long(3),
        CreatedAt = row.Instant(4),
        ExpiresAt = row.InstantOrNull(5),
        RevokedAt = row.InstantOrNull(6),
    };
}
