using System.Threading.Channels;
using Terse.Links;

namespace Terse.Webhooks;

/// <summary>
/// Queues the ends of links that were there before a webhook asked for them: looks at every link once, page by page, behind the request that made or changed the
/// webhook. What is queued already stays as it is.
/// </summary>
internal sealed partial class EarlierEnds(ILinkStore links, WebhookOutbox outbox, TimeProvider time, ILogger<EarlierEnds> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    private const int Page = 500;

    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>A webhook wants to be told of ends, and did not before.</summary>
    public void Begin() => _asked.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _asked.Reader.ReadAllAsync(stoppingToken))
        {
            string? cursor = null;
            for (var more = true; more;)
            {
                try
                {
                    var page = await links.ListAsync(new LinkQuery(Page, cursor, OldestFirst: true), stoppingToken);
                    await outbox.ScheduleEndsAsync(page.Links);
                    cursor = page.Next;
                    more = cursor is not null;
                    if (more) await Task.Delay(Pause, time, stoppingToken);
                }
                catch (StoreUnavailableException e)
                {
                    Log.Postponed(log, e.Message);
                    await Task.Delay(RetryAfter, time, stoppingToken);
                }
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1322, LogLevel.Warning, "Looking for ends of links that a new webhook is to be told of is put off: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);
    }
}
