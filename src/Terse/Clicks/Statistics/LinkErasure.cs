using Microsoft.Extensions.Options;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Clicks.Statistics;

/// <summary>
/// Erases the clicks of a link that was removed: at once, or when the removal can no longer be taken back; again and again until it is done, and once more
/// when the roll-up interval has passed, for clicks that were still on their way. Not the second time if the code leads somewhere again: those are another
/// link's clicks. A link that takes the code of one that may still return has that one's clicks erased before it gets any of its own.
/// </summary>
internal sealed partial class LinkErasure : BackgroundService, ILinkChangeListener
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(30);

    private readonly IClickStore _clicks;
    private readonly ILinkStore _links;
    private readonly TimeProvider _time;
    private readonly ILogger<LinkErasure> _log;
    private readonly TimeSpan _again;
    private readonly ErasureJournal _journal;
    private readonly SemaphoreSlim _wake = new(0);

    public LinkErasure(
        IClickStore clicks, ILinkStore links, IOptions<ClicksOptions> options, IOptions<TerseOptions> terse, TimeProvider time, ILogger<LinkErasure> log)
    {
        (_clicks, _links, _time, _log, _again) = (clicks, links, time, log, options.Value.RollUpInterval);
        DataDirectory.Ensure(terse.Value.DataDirectory);
        _journal = new ErasureJournal(Path.Combine(terse.Value.DataDirectory, "erasures.log"));
    }

    public void OnChanged(LinkChange change)
    {
        var now = _time.GetUtcNow();
        if (change.Kind == LinkChangeKind.Removed) _journal.Add(change.Code, now, now + change.MayReturnFor);
        else if (change.Kind != LinkChangeKind.Created || !_journal.Hurry(change.Code)) return;
        _wake.Release();
    }

    /// <summary>The removal was taken back: clicks that were not erased yet stay.</summary>
    public void CallOff(ShortCode code) => _journal.CallOff(code);

    public override void Dispose()
    {
        base.Dispose();
        _journal.Dispose();
        _wake.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RetryEvery, _time);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var wake = _wake.WaitAsync(stoppingToken);
        while (true)
        {
            await EraseAsync(stoppingToken);
            var first = await Task.WhenAny(tick, wake);
            await first;
            if (first == wake) wake = _wake.WaitAsync(stoppingToken);
            else tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        }
    }

    private async Task EraseAsync(CancellationToken cancellationToken)
    {
        foreach (var erasure in _journal.Open)
        {
            var again = erasure.Erased && _time.GetUtcNow() >= erasure.At + _again;
            if (erasure.Erased ? !again : _time.GetUtcNow() < erasure.Due) continue;
            try
            {
                if (!again || await _links.FindAsync(erasure.Code, cancellationToken) is null) await _clicks.EraseAsync(erasure.Code, cancellationToken);
                if (again) _journal.Close(erasure);
                else _journal.Erased(erasure);
            }
            catch (StoreUnavailableException e)
            {
                Log.Postponed(_log, e.Message);
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1432, LogLevel.Warning, "Erasing the clicks of removed links is put off: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);
    }
}
