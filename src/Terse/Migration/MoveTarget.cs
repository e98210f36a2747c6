namespace Terse.Migration;

/// <summary>The stores to move to, and the services that they are made of.</summary>
internal sealed class MoveTarget(ServiceProvider services) : IAsyncDisposable
{
    public StoreSet Stores { get; } = StoreSet.From(services);

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
