using Microsoft.Extensions.Options;
using Terse.Codes;
using Terse.Links;

namespace Terse.Redirects;

/// <summary>Takes visits of limited links from the store, under the same gate and timeout as reads.</summary>
internal sealed partial class VisitTaker(
    ILinkStore store, Gates gates, IOptions<RedirectOptions> options, TimeProvider time, ILogger<VisitTaker> logger)
{
    /// <summary>
    /// Null when the store said nothing in time. It may have counted the visit all the same: a visit can be lost to an outage, but never given twice.
    /// </summary>
    public async ValueTask<VisitResult?> TakeAsync(ShortCode code)
    {
        if (!await gates.Store.TryEnterAsync()) return null;
        var succeeded = false;
        try
        {
            using var timeout = new CancellationTokenSource(options.Value.StoreTimeout, time);
            var taking = store.TakeVisitAsync(code, timeout.Token);
            var result = taking.IsCompletedSuccessfully ? taking.Result : await taking.AsTask().WaitAsync(options.Value.StoreTimeout, time);
            succeeded = true;
            return result;
        }
        catch (Exception exception)
        {
            Log.TakeFailed(logger, exception);
            return null;
        }
        finally
        {
            gates.Store.Leave(succeeded);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2002, LogLevel.Warning, "Taking a visit failed. Links with a limit of visits are 503 until the store is back.")]
        public static partial void TakeFailed(ILogger logger, Exception exception);
    }
}
