using Terse.Auditing;
using Terse.Links;

namespace Terse.Abuse;

/// <summary>
/// Looks at every link again when another blocklist has come into force: what leads to a host on it is taken down, and what was taken down for the list alone comes
/// back when it is no longer on it. Page by page, with a pause between pages, so that redirects and writes do not feel it.
/// </summary>
internal sealed partial class BlocklistRescan(
    ILinkStore links, LinkEditor editor, Blocklist blocklist, TimeProvider time, ILogger<BlocklistRescan> log) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private const int Page = 500;

    private int _scanned;

    /// <summary>Looks at all links if the list is another one than last time; returns how many it took down and restored.</summary>
    public async Task<(int TakenDown, int Restored)> ScanIfChangedAsync(CancellationToken cancellationToken)
    {
        var generation = blocklist.Generation;
        if (generation == _scanned) return default;
        var (takenDown, restored) = (0, 0);
        string? cursor = null;
        do
        {
            var page = await links.ListAsync(new LinkQuery(Page, cursor, OldestFirst: true), cancellationToken);
            foreach (var link in page.Links)
            {
                if (IsToTakeDown(link))
                {
                    await editor.TakeDownAsync(link.Code, TakedownReason.Blocklist, IsToTakeDown, Actors.System, null, cancellationToken);
                    takenDown++;
                }
                else if (IsToRestore(link))
                {
                    await editor.TakeDownAsync(link.Code, null, IsToRestore, Actors.System, null, cancellationToken);
                    restored++;
                }
            }

            cursor = page.Next;
            if (cursor is not null) await Task.Delay(Pause, time, cancellationToken);
        }
        while (cursor is not null);

        _scanned = generation;
        if (takenDown + restored > 0) Log.Scanned(log, takenDown, restored);
        return (takenDown, restored);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ScanIfChangedAsync(stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                Log.Postponed(log, e.Message);
            }
        }
    }

    private bool IsToTakeDown(Link link) => link.TakenDown is null && IsBlocked(link);

    private bool IsToRestore(Link link) => link.TakenDown == TakedownReason.Blocklist && !IsBlocked(link);

    private bool IsBlocked(Link link) => Uri.TryCreate(link.Destination, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && blocklist.Blocks(uri.IdnHost);

    private static partial class Log
    {
        [LoggerMessage(1400, LogLevel.Warning, "The blocklist has changed: {TakenDown} links were taken down, {Restored} restored")]
        public static partial void Scanned(ILogger logger, int takenDown, int restored);

        [LoggerMessage(1401, LogLevel.Warning, "Looking at links for the blocklist is put off: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);
    }
}
