using Microsoft.Extensions.Options;
using Terse.Codes;
using Terse.Links;

namespace Terse.Redirects;

/// <summary>Reads a link from behind L1: from L2 if there is one and it has it, else from the store.</summary>
internal sealed partial class LinkReader(
    ILinkStore store, Gates gates, HotSet hot, RedirectMetrics metrics, IOptions<RedirectOptions> options, TimeProvider time, ILogger<LinkReader> logger,
    ReadL2? readL2 = null, OfferL2? offerL2 = null)
{
    /// <summary>What L2 or the store says, or <see cref="ReadResult.Failed"/> when neither said anything in time. Never throws.</summary>
    /// <param name="leastVersion">What L2, or a copy of the store, has of a lower version is known to be old.</param>
    public async ValueTask<ReadResult> ReadAsync(ShortCode code, long leastVersion)
    {
        if (readL2 is not null && await ReadL2Async(code) is { } shared && shared.Version >= leastVersion)
            return new ReadResult(true, shared, IsFromStore: false);
        return await ReadStoreAsync(code, leastVersion);
    }

    /// <summary>Lets other nodes have what the store said and L1 accepted: what a change had overtaken never gets here.</summary>
    public void Share(Link link)
    {
        if (!gates.L2.IsShut) offerL2?.Invoke(link);
    }

    private async ValueTask<Link?> ReadL2Async(ShortCode code)
    {
        if (!await gates.L2.TryEnterAsync()) return null;

        var succeeded = false;
        try
        {
            var reading = readL2!(code, hot.Contains(code.Value));
            var link = reading.IsCompletedSuccessfully ? reading.Result : await reading.AsTask().WaitAsync(options.Value.L2Timeout, time);
            succeeded = true;
            metrics.Count(link is null ? RedirectCount.L2Misses : RedirectCount.L2Hits);
            return link;
        }
        catch (Exception exception)
        {
            metrics.Count(RedirectCount.L2Failures);
            Log.L2Failed(logger, exception.Message);
            return null;
        }
        finally
        {
            gates.L2.Leave(succeeded);
        }
    }

    private async ValueTask<ReadResult> ReadStoreAsync(ShortCode code, long leastVersion)
    {
        if (!await gates.Store.TryEnterAsync()) return ReadResult.Failed;

        var succeeded = false;
        try
        {
            using var timeout = new CancellationTokenSource(options.Value.StoreTimeout, time);
            var reading = store.FindNearbyAsync(code, leastVersion, timeout.Token);
            var link = reading.IsCompletedSuccessfully
                ? reading.Result
                : await reading.AsTask().WaitAsync(options.Value.StoreTimeout, time);
            succeeded = true;
            return new ReadResult(true, link, IsFromStore: true);
        }
        catch (Exception exception)
        {
            Log.ReadFailed(logger, exception);
            return ReadResult.Failed;
        }
        finally
        {
            gates.Store.Leave(succeeded);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Warning, "Reading a link failed. Links in L1 are still answered; others are 503 until the store is back.")]
        public static partial void ReadFailed(ILogger logger, Exception exception);

        [LoggerMessage(2003, LogLevel.Warning, "L2 failed: {Reason} Links are read from the store meanwhile.")]
        public static partial void L2Failed(ILogger logger, string reason);
    }
}

/// <param name="Answered">Whether anything answered at all.</param>
/// <param name="Link">The link, or null when there is none.</param>
/// <param name="IsFromStore">The store said so, not L2.</param>
internal readonly record struct ReadResult(bool Answered, Link? Link, bool IsFromStore)
{
    public static readonly ReadResult Failed = new(false, null, false);
}
