using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Clicks.Statistics;

/// <summary>
/// Erases the clicks of a link that was removed: at once, or when the removal can no longer be taken back; again and again until it is done, and once more
/// when the roll-up interval has passed, for clicks that were still on their way. Where the code leads somewhere again, only the clicks from before the minute
/// in which that link was made: later ones are another link's. A link that takes the code of one that may still return has that one's clicks erased at once.
/// A journal that cannot be written is written later, and holds up neither the removal nor who else is to hear of it.
/// </summary>
internal sealed partial class LinkErasure : BackgroundService, ILinkChangeListener
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(30);

    /// <summary>How far the clocks of nodes that record clicks may be ahead of this one.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly IClickStore _clicks;
    private readonly ILinkStore _links;
    private readonly TimeProvider _time;
    private readonly ILogger<LinkErasure> _log;
    private readonly ErasureJournal _journal;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private bool _unsaved;

    public LinkErasure(
        IClickStore clicks, ILinkStore links, IOptions<ClicksOptions> options, IOptions<TerseOptions> terse, TimeProvider time, ILogger<LinkErasure> log)
    {
        (_clicks, _links, _time, _log) = (clicks, links, time, log);
        DataDirectory.Ensure(terse.Value.DataDirectory);
        _journal = new ErasureJournal(Path.Combine(terse.Value.DataDirectory, "erasures.log"), options.Value.RollUpInterval);
    }

    public void OnChanged(LinkChange change) => OnChanged([change]);

    public void OnChanged(IReadOnlyList<LinkChange> changes)
    {
        var now = _time.GetUtcNow();
        var concerned = false;
        foreach (var change in changes)
        {
            if (change.Kind == LinkChangeKind.Removed) _journal.Add(change.Code, now, now + change.MayReturnFor);
            else if (change.Kind != LinkChangeKind.Created || !_journal.Hurry(change.Code)) continue;
            concerned = true;
        }
        if (!concerned) return;
        Save();
        _wake.Writer.TryWrite(true);
    }

    /// <summary>The removal was taken back: clicks that were not erased yet stay.</summary>
    public void CallOff(ShortCode code)
    {
        _journal.CallOff(code);
        Save();
    }

    public override void Dispose()
    {
        base.Dispose();
        _journal.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RetryEvery, _time);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var wake = _wake.Reader.ReadAsync(stoppingToken).AsTask();
        while (true)
        {
            await EraseAsync(stoppingToken);
            var first = await Task.WhenAny(tick, wake);
            await first;
            if (first == wake) wake = _wake.Reader.ReadAsync(stoppingToken).AsTask();
            else tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        }
    }

    private async Task EraseAsync(CancellationToken cancellationToken)
    {
        var failed = new List<Erasure>();
        while (_journal.TryTake(_time.GetUtcNow(), out var erasure))
        {
            try
            {
                await _clicks.EraseAsync(erasure.Code, await FindBoundAsync(erasure, cancellationToken), cancellationToken);
                _journal.Done(erasure);
            }
            catch (StoreUnavailableException e)
            {
                failed.Add(erasure);
                Log.Postponed(_log, e.Message);
                break;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // One that fails in another way keeps none of the others waiting.
                failed.Add(erasure);
                Log.Failed(_log, erasure.Code.Value, e);
            }
        }
        failed.ForEach(_journal.PutBack);
        Save();
    }

    private async ValueTask<DateTimeOffset> FindBoundAsync(Erasure erasure, CancellationToken cancellationToken)
    {
        if (await _links.FindAsync(erasure.Code, cancellationToken) is not { } successor) return _time.GetUtcNow() + ClockSkew;

        // An imported link may say that it was made long ago.
        return successor.CreatedAt > erasure.At ? successor.CreatedAt : erasure.At;
    }

    private void Save()
    {
        if (_journal.TrySave(out var fault)) Volatile.Write(ref _unsaved, false);
        else if (!Interlocked.Exchange(ref _unsaved, true)) Log.NotSaved(_log, fault.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(1432, LogLevel.Warning, "Erasing the clicks of removed links is put off: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);

        [LoggerMessage(1433, LogLevel.Error, "The clicks of the removed link {Code} could not be erased; it is tried again")]
        public static partial void Failed(ILogger logger, string code, Exception exception);

        [LoggerMessage(1434, LogLevel.Error, "erasures.log cannot be written: {Reason} Clicks of removed links are erased all the same, unless the process ends before; it is tried again")]
        public static partial void NotSaved(ILogger logger, string reason);
    }
}
