using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using Terse.Links;

namespace Terse.Adapters.DynamoDb;

/// <summary>The four tables: their names, their keys, and their making.</summary>
internal sealed class DynamoDbTables(string prefix)
{
    /// <summary>The partition key of every table.</summary>
    public const string Key = "k";

    /// <summary>The sort key of the tables that have one.</summary>
    public const string Sort = "s";

    /// <summary>
    /// Seconds since 1970 at which the service may remove the item by itself, where it can. Only claims have one: a link must take its lines in the
    /// lists with it, which the sweep does.
    /// </summary>
    public const string TimeToLive = "ttl";

    /// <summary>Links by code.</summary>
    public string Links { get; } = prefix + "links";

    /// <summary>What lists, searches, sweeps and look-alikes walk along.</summary>
    public string Lists { get; } = prefix + "lists";

    /// <summary>Idempotency claims by key.</summary>
    public string Claims { get; } = prefix + "claims";

    /// <summary>What the instance has few of: the code key, the range counter, machine leases, API keys, counts.</summary>
    public string Instance { get; } = prefix + "instance";

    /// <summary>Makes what is missing, and waits until all can be used. Nodes that start at once may all call it.</summary>
    public async Task EnsureAsync(IAmazonDynamoDB client, TimeProvider time, CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            EnsureAsync(client, Links, sorted: false, timeToLive: false, time, cancellationToken), EnsureAsync(client, Lists, sorted: true, timeToLive: true, time, cancellationToken),
            EnsureAsync(client, Claims, sorted: false, timeToLive: true, time, cancellationToken), EnsureAsync(client, Instance, sorted: true, timeToLive: false, time, cancellationToken));
    }

    private static async Task EnsureAsync(IAmazonDynamoDB client, string table, bool sorted, bool timeToLive, TimeProvider time, CancellationToken cancellationToken)
    {
        var made = false;
        for (var waits = 0; ; waits++)
        {
            var status = await StatusAsync(client, table, cancellationToken);
            if (status == TableStatus.ACTIVE) break;
            if (waits == 120) throw new StoreUnavailableException($"The DynamoDB table {table} is {status?.Value ?? "missing"}, not active, after two minutes.");
            if (status is null) made |= await CreateAsync(client, table, sorted, cancellationToken);
            else await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        }

        if (made && timeToLive) await UseTimeToLiveAsync(client, table, cancellationToken);
    }

    private static async Task<TableStatus?> StatusAsync(IAmazonDynamoDB client, string table, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.DescribeTableAsync(table, cancellationToken)).Table.TableStatus;
        }
        catch (ResourceNotFoundException)
        {
            return null;
        }
    }

    private static async Task<bool> CreateAsync(IAmazonDynamoDB client, string table, bool sorted, CancellationToken cancellationToken)
    {
        string[] keys = sorted ? [Key, Sort] : [Key];
        try
        {
            await client.CreateTableAsync(
                new CreateTableRequest
                {
                    TableName = table,
                    BillingMode = BillingMode.PAY_PER_REQUEST,
                    AttributeDefinitions = [.. keys.Select(static key => new AttributeDefinition(key, ScalarAttributeType.S))],
                    KeySchema = [.. keys.Select(static key => new KeySchemaElement(key, key == Key ? KeyType.HASH : KeyType.RANGE))],
                },
                cancellationToken);
            return true;
        }
        catch (ResourceInUseException)
        {
            return false; // another node was faster
        }
    }

    // An optimisation where there is one: every reader checks ends by itself.
    private static async Task UseTimeToLiveAsync(IAmazonDynamoDB client, string table, CancellationToken cancellationToken)
    {
        try
        {
            await client.UpdateTimeToLiveAsync(
                new UpdateTimeToLiveRequest
                {
                    TableName = table,
                    TimeToLiveSpecification = new TimeToLiveSpecification { AttributeName = TimeToLive, Enabled = true },
                },
                cancellationToken);
        }
        catch (AmazonServiceException)
        {
            // No such operation, or no right to it: the sweep does all the removing.
        }
    }
}
