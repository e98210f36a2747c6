using Microsoft.Extensions.Options;
using Terse.Links;

namespace Terse.Clicks.Statistics;

/// <summary>Folds and forgets old clicks, soon after the start and then every hour.</summary>
internal sealed partial class RollUpService(IClickStore store, IOptions<ClicksOptions> options, TimeProvider time, ILogger<RollUpService> log) : BackgroundService
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);

    private readonly ClicksOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(First, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            timer.Period = _options.RollUpInterval;
            try
            {
                var (now, started) = (time.GetUtcNow(), time.GetTimestamp());
                await store.RollUpAsync(now, new ClickRetention(now - _options.KeepMinutes, now - _options.KeepHours, now - _options.KeepDays), stoppingToken);
                Log.Done(log, (long)time.GetElapsedTime(started).TotalMilliseconds);
            }
            catch (StoreUnavailableException e)
            {
                Log.Postponed(log, e.Message);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // A defect of ours in what is done once an hour must not end the redirects of this process.
                Log.Failed(log, e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1430, LogLevel.Debug, "Rolled clicks up in {Milliseconds} ms")]
        public static partial void Done(ILogger logger, long milliseconds);

        [LoggerMessage(1431, LogLevel.Warning, "Rolling clicks up is put off: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);

        [LoggerMessage(1435, LogLevel.Error, "Rolling clicks up failed; it is tried again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
