using Microsoft.Extensions.Options;
using Terse.Codes;

namespace Terse.Links;

/// <summary>Removes links that ended longer ago than they are kept, and forgotten idempotency claims, in small steps between other writes.</summary>
internal sealed partial class RetentionSweeper(
    ILinkStore links, IIdempotencyStore claims, LinkJournal journal, IOptions<LinksOptions> options, TimeProvider time, ILogger<RetentionSweeper> log)
    : BackgroundService
{
    private readonly LinksOptions _options = options.Value;

    /// <summary>Sweeps until nothing is due, and returns how many links went.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var swept = 0;
        IReadOnlyList<ShortCode> step;
        do
        {
            step = await links.SweepAsync(now - _options.KeepEnded, _options.SweepBatch, cancellationToken);
            await journal.SweptAsync(step);
            swept += step.Count;
        }
        while (step.Count == _options.SweepBatch);

        while (await claims.SweepAsync(now, _options.SweepBatch, cancellationToken) == _options.SweepBatch)
        {
        }

        return swept;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.SweepInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await SweepAsync(stoppingToken) is > 0 and var swept) Log.Swept(log, swept);
            }
            catch (StoreUnavailableException e)
            {
                Log.Postponed(log, e.Message);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The process answers redirects: it does not end because nobody can sweep.
                Log.Failed(log, e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1110, LogLevel.Information, "Swept {Count} ended links")]
        public static partial void Swept(ILogger logger, int count);

        [LoggerMessage(1111, LogLevel.Warning, "Sweeping is put off: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);

        [LoggerMessage(1112, LogLevel.Error, "Sweeping failed; it is tried again at the next turn")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
