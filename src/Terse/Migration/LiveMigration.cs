using System.Collections.Concurrent;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Migration;

/// <summary>
/// The two sets of stores while an instance moves. One leads: it decides every write and answers every read; the other follows, and each write is in
/// both before it is reported. The lead changes with no write under way, and is remembered in the data directory, so that a restart goes on from there.
/// A follower that is away holds nothing up: the codes it missed are copied when it is back.
/// </summary>
internal sealed partial class LiveMigration : BackgroundService
{
    /// <summary>How long writes wait at most while the lead changes on all nodes.</summary>
    public static readonly TimeSpan PauseLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<ShortCode, byte> _missed = new();
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly string _memory;
    private bool _targetLeads;
    private TaskCompletionSource? _pause;
    private TaskCompletionSource? _quiet;
    private int _writing;

    public LiveMigration(StoreSet source, StoreSet target, string dataDirectory, TimeProvider time, ILogger<LiveMigration> log)
    {
        (Source, Target, _time, _log) = (source, target, time, log);
        DataDirectory.Ensure(dataDirectory);
        _memory = Path.Combine(dataDirectory, "migration-target-leads");
        _targetLeads = File.Exists(_memory);
    }

    public StoreSet Source { get; }

    public StoreSet Target { get; }

    public bool TargetLeads => Volatile.Read(ref _targetLeads);

    /// <summary>Codes whose last change the follower does not have yet.</summary>
    public int Missed => _missed.Count;

    public StoreSet Lead => TargetLeads ? Target : Source;

    public StoreSet Follower => TargetLeads ? Source : Target;

    /// <summary>
    /// Runs a change of the lead's links, and has the follower follow each code that changed; waits while the lead changes. When it fails, nobody knows
    /// whether it happened: <paramref name="suspects"/> are followed later.
    /// </summary>
    public async ValueTask<T> ChangeAsync<T>(
        Func<ILinkStore, ValueTask<T>> change, Func<T, IEnumerable<ShortCode>> changed, IEnumerable<ShortCode> suspects, CancellationToken cancellationToken)
    {
        while (TryEnter() is { } pause) await pause.WaitAsync(cancellationToken);
        try
        {
            var result = await change(Lead.Links);
            foreach (var code in changed(result)) await FollowAsync(code);
            return result;
        }
        catch
        {
            foreach (var code in suspects) _missed[code] = 0;
            throw;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Lets no write begin, and waits for those under way; what waits goes on when a lead is named, or after <see cref="PauseLimit"/>.</summary>
    public async Task<bool> PauseAsync(CancellationToken cancellationToken)
    {
        Task quiet;
        TaskCompletionSource pause;
        lock (_lock)
        {
            if (_pause is null)
            {
                _pause = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_writing == 0) _quiet.SetResult();
                _ = ResumeLaterAsync(_pause);
            }

            (pause, quiet) = (_pause, _quiet!.Task);
        }

        await Task.WhenAny(quiet, pause.Task).WaitAsync(cancellationToken);
        return quiet.IsCompletedSuccessfully;
    }

    /// <summary>Makes the target lead, or the source, and ends the pause. False, and the lead stays, when the follower misses something and does not take it now.</summary>
    public async Task<bool> LeadAsync(bool target, CancellationToken cancellationToken)
    {
        if (!await PauseAsync(cancellationToken)) return false;
        try
        {
            if (TargetLeads == target) return true;
            await CatchUpAsync();
            if (!_missed.IsEmpty) return false;
            await MovedFacts.CopyAsync(Lead, Follower, cancellationToken);

            if (target) await File.WriteAllTextAsync(_memory, "The store that Terse:Migration:To names leads.\n", cancellationToken);
            else File.Delete(_memory);
            Volatile.Write(ref _targetLeads, target);
            Log.Led(_log, target ? "target" : "source");
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
        finally
        {
            lock (_lock) Resume(_pause);
        }
    }

    /// <summary>Has the follower do what the lead has done. What it misses of claims, keys and ranges is copied when the lead changes.</summary>
    public async ValueTask FollowAsync(Func<ValueTask> follow)
    {
        try
        {
            await follow();
        }
        catch (StoreUnavailableException e)
        {
            Log.Missed(_log, e.Message);
        }
    }

    private async ValueTask FollowAsync(ShortCode code)
    {
        try
        {
            await LinkMirror.CopyAsync(Lead.Links, Follower.Links, code, CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            _missed[code] = 0;
            Log.Missed(_log, e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RetryAfter, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await CatchUpAsync();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await CatchUpAsync();
        if (!_missed.IsEmpty) Log.StoppedBehind(_log, _missed.Count);
    }

    private async Task CatchUpAsync()
    {
        // Forgotten before it is copied: what changes again meanwhile is remembered again.
        foreach (var code in _missed.Keys)
        {
            if (_missed.TryRemove(code, out _)) await FollowAsync(code);
            if (_missed.ContainsKey(code)) return;
        }
    }

    private async Task ResumeLaterAsync(TaskCompletionSource pause)
    {
        await Task.WhenAny(pause.Task, Task.Delay(PauseLimit, _time));
        lock (_lock) Resume(pause);
    }

    private void Resume(TaskCompletionSource? pause)
    {
        if (pause is null || _pause != pause) return;
        (_pause, _quiet) = (null, null);
        pause.SetResult();
    }

    private Task? TryEnter()
    {
        lock (_lock)
        {
            if (_pause is not null) return _pause.Task;
            _writing++;
            return null;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_writing == 0) _quiet?.TrySetResult();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1600, LogLevel.Warning, "The store that the instance moves to misses a change, and gets it later: {Reason}")]
        public static partial void Missed(ILogger logger, string reason);

        [LoggerMessage(1601, LogLevel.Information, "The {Side} of the move leads from now on")]
        public static partial void Led(ILogger logger, string side);

        [LoggerMessage(1602, LogLevel.Error, "Stopped while the follower misses {Count} changes: run terse migrate again before the lead changes")]
        public static partial void StoppedBehind(ILogger logger, int count);
    }
}
