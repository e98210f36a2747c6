using System.Runtime.CompilerServices;

namespace Terse.Admin.Operations;

/// <summary>The gauge's samples as they are taken, to an open page of operations.</summary>
internal static class OperationsFeed
{
    public static void MapOperations(IEndpointRouteBuilder read) => read.MapGet("/operations/live", (RedirectGauge gauge, IHostApplicationLifetime lifetime, CancellationToken cancellationToken) =>
        TypedResults.ServerSentEvents(WatchAsync(gauge, lifetime.ApplicationStopping, cancellationToken), "sample"));

    private static async IAsyncEnumerable<RedirectSample> WatchAsync(
        RedirectGauge gauge, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A stream that stayed open would hold up the shutdown.
        while (!stopping.IsCancellationRequested)
            if (await gauge.NextAsync(stopping, cancellationToken) is { } sample) yield return sample;
    }
}
