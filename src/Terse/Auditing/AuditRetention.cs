using Microsoft.Extensions.Options;
using Terse.Links;

namespace Terse.Auditing;

/// <summary>Removes entries that are older than they are kept, every hour, in steps.</summary>
internal sealed partial class AuditRetention(IAuditStore store, IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditRetention> log) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private const int Batch = 1000;

    /// <summary>Sweeps until nothing is due, and returns how many entries went.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var swept = 0;
        int step;
        do swept += step = await store.SweepAsync(time.GetUtcNow() - options.Value.Retention, Batch, cancellationToken);
        while (step == Batch);
        return swept;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                Log.Postponed(log, e.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1201, LogLevel.Warning, "Sweeping the audit log is put off: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);
    }
}
