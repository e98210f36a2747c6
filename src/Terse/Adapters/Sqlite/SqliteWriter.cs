using System.Threading.Channels;
using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>
/// Group commit: one thread takes all writes that wait, does them in one transaction, syncs the log once, and only then tells the callers.
/// <list type="number">
/// <item>Wait for a write, then take what else is in line, up to the batch cap.</item>
/// <item>Run them all in one transaction and commit it: one fsync for all.</item>
/// <item>Report each result to its caller. What throws is rolled back with its batch; the others run again, each alone, so it fails only its caller.</item>
/// </list>
/// The thread is the writer's own: the fsync would otherwise block one of the pool's few threads most of the time.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SqliteSession _session;
    private readonly int _batchCap;
    private readonly Channel<WriteOperation> _queue;
    private readonly Thread _thread;

    public SqliteWriter(SqliteSession session, SqliteOptions options)
    {
        _session = session;
        _batchCap = options.BatchCap;
        _queue = Channel.CreateBounded<WriteOperation>(new BoundedChannelOptions(options.QueueCapacity)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
        });
        _thread = new Thread(Loop) { Name = "SQLite writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>
    /// Runs <paramref name="work"/> in the next batch; its effects are durable when the task completes. Waits while the queue is full.
    /// <paramref name="work"/> may run twice, of which the first is rolled back: it must keep what it learns in its result only.
    /// Cancelling takes the write out of line; once it has started it is done regardless, and reported.
    /// </summary>
    public async ValueTask<T> RunAsync<T>(Func<SqliteSession, T> work, int rows, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var operation = new WriteOperation<T>(work, rows);
        try
        {
            await _queue.Writer.WriteAsync(operation, cancellationToken);
        }
        catch (ChannelClosedException closed)
        {
            throw new StoreUnavailableException("The SQLite store is closing.", closed);
        }

        return await operation.WaitAsync(cancellationToken);
    }

    /// <summary>Takes no more writes, does those in line, and ends.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _thread.Join();
        _session.Dispose();
    }

    private void Loop()
    {
        var batch = new List<WriteOperation>();
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            Take(batch);
            Write(batch);
            batch.Clear();
        }
    }

    private void Take(List<WriteOperation> batch)
    {
        for (var rows = 0; rows < _batchCap && _queue.Reader.TryRead(out var operation);)
        {
            if (!operation.TryTake()) continue;
            rows += operation.Rows;
            batch.Add(operation);
        }
    }

    private void Write(List<WriteOperation> batch)
    {
        if (batch.Count == 0) return;
        if (TryWrite(batch) is not { } fault) return;
        if (fault is StoreUnavailableException || batch.Count == 1)
        {
            foreach (var operation in batch) operation.Fail(fault);
            return;
        }

        foreach (var operation in batch)
        {
            if (TryWrite([operation]) is { } own) operation.Fail(own);
        }
    }

    private Exception? TryWrite(List<WriteOperation> batch)
    {
        try
        {
            _session.InTransaction(session =>
            {
                foreach (var operation in batch) operation.Run(session);
                return 0;
            });
        }
        catch (Exception exception)
        {
            return exception;
        }

        foreach (var operation in batch) operation.Complete();
        return null;
    }
}
