namespace Terse.Adapters.Sqlite;

/// <summary>A write in line for the writer. Either its caller cancels it before it starts, or it runs and its outcome is reported: never both.</summary>
internal abstract class WriteOperation(int rows)
{
    private int _taken;

    /// <summary>How many rows it adds, roughly: its share of a batch.</summary>
    public int Rows { get; } = rows;

    /// <summary>True for the first of writer and canceller.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

    /// <summary>Does the work within the writer's transaction. May be called again after a rollback.</summary>
    public abstract void Run(SqliteSession session);

    /// <summary>Tells the caller the result of the last run, which is on disk now.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception exception);
}

internal sealed class WriteOperation<T>(Func<SqliteSession, T> work, int rows) : WriteOperation(rows)
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public async Task<T> WaitAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var operation = (WriteOperation<T>)state!;
                if (operation.TryTake()) operation._done.TrySetCanceled(token);
            },
            this);
        return await _done.Task;
    }

    public override void Run(SqliteSession session) => _result = work(session);

    public override void Complete() => _done.TrySetResult(_result!);

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}
