using Microsoft.Extensions.Options;

namespace Terse.Redirects;

/// <summary>The gates of what lies behind L1, one for each: what ails one does not hold up the other.</summary>
internal sealed class Gates(IOptions<RedirectOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>L2 is a short cut: who finds no place there at once goes on to the store.</summary>
    public Gate L2 { get; } = new(options.Value.L2Concurrency, TimeSpan.Zero, options.Value.L2RetryAfter, time);

    public Gate Store { get; } = new(options.Value.StoreConcurrency, options.Value.StoreTimeout, options.Value.StoreRetryAfter, time);

    public void Dispose()
    {
        L2.Dispose();
        Store.Dispose();
    }
}
