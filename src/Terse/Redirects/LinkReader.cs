using Microsoft.Extensions.Options;
using Terse.Codes;
using Terse.Links;

namespace Terse.Redirects;

/// <summary>Reads a link from behind L1. A shared cache (L2) has its place here, before the store.</summary>
internal sealed partial class LinkReader(
    ILinkStore store, StoreGate gate, IOptions<RedirectOptions> options, TimeProvider time, ILogger<LinkReader> logger)
{
    /// <summary>What the store says, or <see cref="ReadResult.Failed"/> when it said nothing in time. Never throws.</summary>
    public async ValueTask<ReadResult> ReadAsync(ShortCode code)
    {
        if (!await gate.TryEnterAsync()) return ReadResult.Failed;

        var succeeded = false;
        try
        {
            using var timeout = new CancellationTokenSource(options.Value.StoreTimeout, time);
            var reading = store.FindAsync(code, timeout.Token);
            var link = reading.IsCompletedSuccessfully
                ? reading.Result
                : await reading.AsTask().WaitAsync(options.Value.StoreTimeout, time);
            succeeded = true;
            return new ReadResult(true, link);
        }
        catch (Exception exception)
        {
            Log.ReadFailed(logger, exception);
            return ReadResult.Failed;
        }
        finally
        {
            gate.Leave(succeeded);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Warning, "Reading a link failed. Links in L1 are still answered; others are 503 until the store is back.")]
        public static partial void ReadFailed(ILogger logger, Exception exception);
    }
}

/// <param name="Answered">Whether the store answered at all.</param>
/// <param name="Link">The link, or null when there is none.</param>
internal readonly record struct ReadResult(bool Answered, Link? Link)
{
    public static readonly ReadResult Failed = new(false, null);
}
