using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Options;

namespace Terse.Adapters.DynamoDb;

/// <summary>The client that all stores share, and the few calls they make of it. Each makes the tables first, once, when they are missing.</summary>
internal sealed class DynamoDbDatabase : IDisposable
{
    private const int BatchWrites = 25;
    private const int BatchReads = 100;
    private const int ParallelCalls = 16;

    // A server of the real world is waited for in the real world's time, whatever time the injected clock gives to links.
    private static readonly TimeProvider Waiting = TimeProvider.System;

    private readonly UnretryingClient _client;
    private readonly DynamoDbRetries _retries;
    private readonly bool _createTables;
    private readonly SemaphoreSlim _ensuring = new(1, 1);
    private readonly int _maxAttempts;
    private volatile bool _ready;

    public DynamoDbDatabase(IOptions<DynamoDbOptions> options, Random random)
    {
        Options = options.Value;
        Tables = new DynamoDbTables(Options.TablePrefix);
        (_createTables, _maxAttempts) = (Options.CreateTables, Options.MaxAttempts);
        _retries = new DynamoDbRetries(Options.MaxAttempts, Waiting, random);
        var config = new AmazonDynamoDBConfig { MaxErrorRetry = 0, Timeout = Options.AttemptTimeout, AuthenticationRegion = Options.Region };
        if (Options.ServiceUrl.Length > 0) config.ServiceURL = Options.ServiceUrl;
        else config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(Options.Region);
        _client = Options.AccessKey.Length > 0
            ? new UnretryingClient(new BasicAWSCredentials(Options.AccessKey, Options.SecretKey), config)
            : new UnretryingClient(config);
    }

    public DynamoDbOptions Options { get; }

    public DynamoDbTables Tables { get; }

    /// <summary>The item, or null.</summary>
    public async Task<Dictionary<string, AttributeValue>?> GetAsync(
        string table, Dictionary<string, AttributeValue> key, bool strong, CancellationToken cancellationToken)
    {
        var request = new GetItemRequest { TableName = table, Key = key, ConsistentRead = strong };
        var response = await RunAsync(token => _client.GetItemAsync(request, token), repeatable: true, cancellationToken);
        return response.Item is { Count: > 0 } item ? item : null;
    }

    /// <summary>Puts the item if the condition holds; false when it does not. Only to be called where putting twice does no harm.</summary>
    public Task<bool> PutAsync(PutItemRequest request, CancellationToken cancellationToken) =>
        HeldAsync(token => _client.PutItemAsync(request, token), repeatable: true, cancellationToken);

    /// <summary>The answer, or null when the condition did not hold.</summary>
    public async Task<UpdateItemResponse?> UpdateAsync(UpdateItemRequest request, bool repeatable, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(token => _client.UpdateItemAsync(request, token), repeatable, cancellationToken);
        }
        catch (ConditionalCheckFailedException)
        {
            return null;
        }
    }

    /// <summary>What was deleted: null when the condition did not hold, empty when there was nothing.</summary>
    public async Task<Dictionary<string, AttributeValue>?> DeleteAsync(DeleteItemRequest request, bool repeatable, CancellationToken cancellationToken)
    {
        try
        {
            return (await RunAsync(token => _client.DeleteItemAsync(request, token), repeatable, cancellationToken)).Attributes ?? [];
        }
        catch (ConditionalCheckFailedException)
        {
            return null;
        }
    }

    public Task<QueryResponse> QueryAsync(QueryRequest request, CancellationToken cancellationToken) =>
        RunAsync(token => _client.QueryAsync(request, token), repeatable: true, cancellationToken);

    public Task<ScanResponse> ScanAsync(ScanRequest request, CancellationToken cancellationToken) =>
        RunAsync(token => _client.ScanAsync(request, token), repeatable: true, cancellationToken);

    /// <summary>The items under the keys that are there, in no order. Keys must be distinct.</summary>
    public async Task<List<Dictionary<string, AttributeValue>>> GetManyAsync(
        string table, IReadOnlyList<Dictionary<string, AttributeValue>> keys, CancellationToken cancellationToken)
    {
        var chunks = await InParallelAsync(keys.Chunk(BatchReads), chunk => GetChunkAsync(table, chunk, cancellationToken));
        return [.. chunks.SelectMany(static chunk => chunk)];
    }

    /// <summary>Puts and deletes, in no order and without conditions.</summary>
    public Task WriteManyAsync(string table, IReadOnlyList<WriteRequest> writes, CancellationToken cancellationToken) =>
        InParallelAsync(writes.Chunk(BatchWrites), async chunk =>
        {
            await WriteChunkAsync(table, chunk, cancellationToken);
            return true;
        });

    /// <summary>Does the work on each, a bounded number at once; results in the order given.</summary>
    public static async Task<TResult[]> InParallelAsync<T, TResult>(IEnumerable<T> source, Func<T, Task<TResult>> work)
    {
        using var places = new SemaphoreSlim(ParallelCalls);
        return await Task.WhenAll(source.Select(async item =>
        {
            await places.WaitAsync();
            try
            {
                return await work(item);
            }
            finally
            {
                places.Release();
            }
        }));
    }

    public void Dispose()
    {
        _client.Dispose();
        _ensuring.Dispose();
    }

    private async Task<List<Dictionary<string, AttributeValue>>> GetChunkAsync(
        string table, Dictionary<string, AttributeValue>[] keys, CancellationToken cancellationToken)
    {
        var items = new List<Dictionary<string, AttributeValue>>(keys.Length);
        var left = new Dictionary<string, KeysAndAttributes> { [table] = new() { Keys = [.. keys], ConsistentRead = true } };
        for (var attempt = 1; left is { Count: > 0 }; attempt++)
        {
            if (attempt > 1) await _retries.WaitAsync(attempt - 1, cancellationToken);
            if (attempt > _maxAttempts) throw LeftOver();
            var request = new BatchGetItemRequest { RequestItems = left };
            var response = await RunAsync(token => _client.BatchGetItemAsync(request, token), repeatable: true, cancellationToken);
            if (response.Responses?.GetValueOrDefault(table) is { Count: > 0 } read)
            {
                items.AddRange(read);
                attempt = 0; // it gets on
            }

            left = response.UnprocessedKeys;
        }

        return items;
    }

    private async Task WriteChunkAsync(string table, WriteRequest[] writes, CancellationToken cancellationToken)
    {
        var left = new Dictionary<string, List<WriteRequest>> { [table] = [.. writes] };
        for (var attempt = 1; left is { Count: > 0 }; attempt++)
        {
            if (attempt > 1) await _retries.WaitAsync(attempt - 1, cancellationToken);
            if (attempt > _maxAttempts) throw LeftOver();
            var request = new BatchWriteItemRequest { RequestItems = left };
            var before = left[table].Count;
            left = (await RunAsync(token => _client.BatchWriteItemAsync(request, token), repeatable: true, cancellationToken)).UnprocessedItems;
            if (left?.GetValueOrDefault(table) is { } rest && rest.Count < before) attempt = 1;
        }
    }

    private static Links.StoreUnavailableException LeftOver() => new("The DynamoDB API throttles. Raise the tables' capacity.");

    private async Task<bool> HeldAsync<T>(Func<CancellationToken, Task<T>> call, bool repeatable, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(call, repeatable, cancellationToken);
            return true;
        }
        catch (ConditionalCheckFailedException)
        {
            return false;
        }
    }

    private async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, bool repeatable, CancellationToken cancellationToken)
    {
        if (!_ready) await EnsureAsync(cancellationToken);
        return await _retries.RunAsync(call, repeatable, cancellationToken);
    }

    private async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await _ensuring.WaitAsync(cancellationToken);
        try
        {
            if (_ready) return;
            if (_createTables) await _retries.RunAsync(CreateAsync, repeatable: true, cancellationToken);
            _ready = true;
        }
        finally
        {
            _ensuring.Release();
        }

        async Task<bool> CreateAsync(CancellationToken token)
        {
            await Tables.EnsureAsync(_client, Waiting, token);
            return true;
        }
    }
}
