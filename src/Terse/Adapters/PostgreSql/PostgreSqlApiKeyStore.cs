using System.Text;
using Npgsql;
using NpgsqlTypes;
using Terse.ApiKeys;

namespace Terse.Adapters.PostgreSql;

internal sealed class PostgreSqlApiKeyStore(PostgreSqlDatabase database) : IApiKeyStore
{
    private const string Columns = "id, name, hash, scopes, created_at, expires_at, revoked_at";

    public async ValueTask<bool> AddAsync(ApiKey key, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            $"INSERT INTO api_keys ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING", cancellationToken, Values(key)) == 1;

    public ValueTask<bool> AddFirstAsync(ApiKey key, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async connection =>
            {
                // Waits for keys that are being added, and keeps others out until the end of the transaction.
                await using var gate = connection.Prepare("LOCK TABLE api_keys IN SHARE ROW EXCLUSIVE MODE");
                await gate.ExecuteNonQueryAsync(cancellationToken);
                await using var add = connection.Prepare(
                    $"INSERT INTO api_keys ({Columns}) SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT FROM api_keys)", Values(key));
                return await add.ExecuteNonQueryAsync(cancellationToken) == 1;
            },
            cancellationToken);

    public ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.FirstAsync($"SELECT {Columns} FROM api_keys WHERE id = $1", Read, cancellationToken, id);

    public async ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync($"SELECT {Columns} FROM api_keys ORDER BY created_at DESC, seq DESC", Read, cancellationToken);

    public async ValueTask<bool> RevokeAsync(string id, DateTimeOffset revokedAt, CancellationToken cancellationToken) =>
        await database.ExecuteAsync("UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", cancellationToken, id, revokedAt) == 1;

    private static object[] Values(ApiKey key) =>
        [key.Id, Encoding.UTF8.GetBytes(key.Name), key.Hash, (int)key.Scopes, key.CreatedAt, (object?)key.ExpiresAt ?? NpgsqlDbType.TimestampTz, (object?)key.RevokedAt ?? NpgsqlDbType.TimestampTz];

    private static ApiKey Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetString(0),
        Name = Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(1)),
        Hash = row.GetFieldValue<byte[]>(2),
        Scopes = (ApiScopes)row.GetInt32(3),
        CreatedAt = row.Instant(4),
        ExpiresAt = row.InstantOrNull(5),
        RevokedAt = row.InstantOrNull(6),
    };
}
