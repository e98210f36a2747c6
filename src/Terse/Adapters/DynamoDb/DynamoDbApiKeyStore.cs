using Amazon.DynamoDBv2.Model;
using Terse.ApiKeys;

namespace Terse.Adapters.DynamoDb;

/// <summary>API keys, in one partition: they are few, and nodes keep those they use in memory.</summary>
internal sealed class DynamoDbApiKeyStore(DynamoDbDatabase database, TimeProvider time) : IApiKeyStore
{
    private const string Keys = "keys";
    private const string IsNotThere = $"attribute_not_exists({DynamoDbTables.Key})";
    private static readonly TimeSpan FirstKeyTime = TimeSpan.FromSeconds(30);

    private string Table => database.Tables.Instance;

    public async ValueTask<bool> AddAsync(ApiKey key, CancellationToken cancellationToken)
    {
        // The mark first: from now on nobody adds a first key.
        await database.PutAsync(new PutItemRequest { TableName = Table, Item = Mark(), ConditionExpression = IsNotThere }, cancellationToken);
        return await TryPutAsync(key, cancellationToken);
    }

    /// <summary>
    /// Whoever sets the mark adds the first key. A mark without any key, left by a process that died in between, is taken over once it is
    /// <see cref="FirstKeyTime"/> old.
    /// </summary>
    public async ValueTask<bool> AddFirstAsync(ApiKey key, CancellationToken cancellationToken)
    {
        var mark = new PutItemRequest { TableName = Table, Item = Mark(), ConditionExpression = IsNotThere };
        if (!await database.PutAsync(mark, cancellationToken))
        {
            if ((await ListAsync(cancellationToken)).Count > 0) return false;
            mark.ConditionExpression = "#at <= :before";
            mark.ExpressionAttributeNames = new() { ["#at"] = "at" };
            mark.ExpressionAttributeValues = new() { [":before"] = Item.Instant(time.GetUtcNow() - FirstKeyTime) };
            if (!await database.PutAsync(mark, cancellationToken)) return false;
        }

        return await TryPutAsync(key, cancellationToken);
    }

    public async ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        await database.GetAsync(Table, Key(id), strong: true, cancellationToken) is { } item ? Read(item) : null;

    public async ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken)
    {
        var keys = new List<ApiKey>();
        var request = new QueryRequest
        {
            TableName = Table,
            ConsistentRead = true,
            KeyConditionExpression = $"{DynamoDbTables.Key} = :keys",
            ExpressionAttributeValues = new() { [":keys"] = Item.Text(Keys) },
        };
        do
        {
            var page = await database.QueryAsync(request, cancellationToken);
            keys.AddRange((page.Items ?? []).Select(Read));
            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });
        return [.. keys.OrderByDescending(static key => key.CreatedAt)];
    }

    public async ValueTask<bool> RevokeAsync(string id, DateTimeOffset revokedAt, CancellationToken cancellationToken) =>
        await database.UpdateAsync(
            new UpdateItemRequest
            {
                TableName = Table,
                Key = Key(id),
                UpdateExpression = "SET revoked = :at",
                ConditionExpression = $"attribute_exists({DynamoDbTables.Key}) AND attribute_not_exists(revoked)",
                ExpressionAttributeValues = new() { [":at"] = Item.Instant(revokedAt) },
            },
            repeatable: false,
            cancellationToken) is not null;

    private Dictionary<string, AttributeValue> Mark() => new()
    {
        [DynamoDbTables.Key] = Item.Text("first-key"),
        [DynamoDbTables.Sort] = Item.Text("mark"),
        ["at"] = Item.Instant(time.GetUtcNow()),
    };

    private static Dictionary<string, AttributeValue> Key(string id) => new() { [DynamoDbTables.Key] = Item.Text(Keys), [DynamoDbTables.Sort] = Item.Text(id) };

    private async Task<bool> TryPutAsync(ApiKey key, CancellationToken cancellationToken)
    {
        var item = Key(key.Id);
        item["name"] = Item.Text(key.Name);
        item["hash"] = Item.Bytes(key.Hash);
        item["scopes"] = Item.Number((long)key.Scopes);
        item["created"] = Item.Instant(key.CreatedAt);
        if (key.ExpiresAt is { } expiresAt) item["expires"] = Item.Instant(expiresAt);
        if (key.RevokedAt is { } revokedAt) item["revoked"] = Item.Instant(revokedAt);
        return await database.PutAsync(new PutItemRequest { TableName = Table, Item = item, ConditionExpression = IsNotThere }, cancellationToken);
    }

    private static ApiKey Read(Dictionary<string, AttributeValue> item) => new()
    {
        Id = item.Text(DynamoDbTables.Sort),
        Name = item.Text("name"),
        Hash = item.Bytes("hash"),
        Scopes = (ApiScopes)item.Number("scopes"),
        CreatedAt = item.Instant("created"),
        ExpiresAt = item.InstantOrNull("expires"),
        RevokedAt = item.InstantOrNull("revoked"),
    };
}
