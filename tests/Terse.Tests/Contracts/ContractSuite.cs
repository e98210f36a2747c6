namespace Terse.Tests.Contracts;

/// <summary>
/// What the suites of all ports share. An adapter derives one class per port and says how to open and close it; the engine is the real one.
/// Each test has data of its own, empty at its start.
/// </summary>
public abstract class ContractSuite : IAsyncLifetime
{
    /// <summary>An instant with the precision that stores keep.</summary>
    protected static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 30, 15, 123, TimeSpan.Zero);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Starts the calls at the same moment on many threads and waits for all.</summary>
    protected static async Task<T[]> AtOnceAsync<T>(int count, Func<int, ValueTask<T>> call)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = Enumerable.Range(0, count).Select(CallAsync).ToArray();
        start.SetResult();
        return await Task.WhenAll(calls);

        async Task<T> CallAsync(int index)
        {
            await start.Task;
            return await Task.Run(async () => await call(index), Cancellation);
        }
    }
}
