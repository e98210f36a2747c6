using System.Threading.Channels;
using Npgsql;
using Terse.Links;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// Group commit: links that come in while others are being written wait, and go together in one round trip and one transaction. Alone, a link goes at
/// once. Within a batch they go in the order of their codes, so that two nodes that add the same ones do not wait for each other in a ring.
/// </summary>
internal sealed class LinkWriter : IAsyncDisposable
{
    public const string Insert = $"INSERT INTO links ({LinkRow.Columns}, words) VALUES ({LinkRow.Parameters}, array_to_tsvector($18)) ON CONFLICT (code) DO NOTHING";

    private const int Writers = 4;
    private const int BatchCap = 128;
    private const int QueueCapacity = 4_096;

    private readonly PostgreSqlDatabase _database;
    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(QueueCapacity);
    private readonly Task _writing;

    public LinkWriter(PostgreSqlDatabase database)
    {
        _database = database;
        _writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(WriteAsync)));
    }

    /// <summary>Adds the link in the next batch; done when that is committed. Waits while the queue is full.</summary>
    public async ValueTask<AddResult> AddAsync(Link link, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(link.Code.Value, Values(link), new TaskCompletionSource<AddResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await _queue.Writer.WriteAsync(waiting, cancellationToken);
        }
        catch (ChannelClosedException closed)
        {
            throw new StoreUnavailableException("The PostgreSQL store is closing.", closed);
        }

        return await waiting.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Adds all in their order, in a transaction of their own.</summary>
    public ValueTask<AddResult[]> AddManyAsync(IReadOnlyList<Link> links, CancellationToken cancellationToken) =>
        AddAsync([.. links.Select(Values)], cancellationToken);

    /// <summary>Takes no more links, adds those in line, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        var batch = new List<Waiting>(BatchCap);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchCap && _queue.Reader.TryRead(out var waiting)) batch.Add(waiting);
            batch.Sort(static (one, other) => string.CompareOrdinal(one.Code, other.Code));
            await WriteAsync(batch);
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<Waiting> batch)
    {
        if (batch.Count == 0) return;
        try
        {
            var results = await AddAsync([.. batch.Select(static waiting => waiting.Values)], CancellationToken.None);
            for (var index = 0; index < batch.Count; index++) batch[index].Done.TrySetResult(results[index]);
        }
        catch (Exception e) when (e is StoreUnavailableException || batch.Count == 1)
        {
            foreach (var waiting in batch) waiting.Done.TrySetException(e);
        }
        catch (Exception)
        {
            // One of them is at fault and took the batch along: each alone, it fails its own caller only.
            foreach (var waiting in batch) await WriteAsync([waiting]);
        }
    }

    private ValueTask<AddResult[]> AddAsync(object[][] links, CancellationToken cancellationToken) => _database.RunAsync<AddResult[]>(
        async connection =>
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var link in links)
            {
                var command = new NpgsqlBatchCommand(Insert);
                command.Parameters.AddValues(link);
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(cancellationToken);
            return [.. links.Select((_, index) => batch.BatchCommands[index].RecordsAffected == 1 ? AddResult.Added : AddResult.Taken)];
        },
        cancellationToken);

    private static object[] Values(Link link) => LinkRow.Values(link, (object)LinkWords.Of(link));

    /// <param name="Code">Decides its place in the batch.</param>
    /// <param name="Values">The statement's.</param>
    /// <param name="Done">Told the result once that is committed.</param>
    private sealed record Waiting(string Code, object[] Values, TaskCompletionSource<AddResult> Done);
}
