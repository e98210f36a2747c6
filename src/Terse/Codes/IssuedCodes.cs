using Microsoft.Extensions.Options;
using Terse.Links;

namespace Terse.Codes;

/// <summary>
/// Refuses generated codes that were never issued, by arithmetic: a code is turned back into its id, and an id beyond the high water (or, in
/// Snowflake mode, in the future) stands for no link. A random guess passes with a chance of (high water + slack) / 62^7, so a flood of guesses
/// does not reach the store. Aliases that look like generated codes are let through by a filter. What other nodes lease is learned every second;
/// of the aliases that other nodes make we hear through the backplane, if there is one, and otherwise when all are read again. So that none is
/// refused meanwhile, so many seemingly unissued codes a second are let through: only a flood is refused.
/// </summary>
internal sealed partial class IssuedCodes(
    ICodeRangeStore ranges, ILinkStore links, IOptions<CodesOptions> options, TimeProvider time, ILogger<IssuedCodes> logger) : IAsyncDisposable
{
    /// <summary>
    /// How far beyond the known high water an id is still taken for issued. Other nodes lease ranges too, and we learn of them every
    /// <see cref="Refresh"/>: a fleet would have to make more than 16 million links in that time to be wronged.
    /// </summary>
    public const long Slack = 1 << 24;

    /// <summary>How far a Snowflake timestamp may be ahead of our clock.</summary>
    public static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    /// <summary>How often all aliases that look like codes are read again.</summary>
    public static readonly TimeSpan LookalikeRefresh = TimeSpan.FromMinutes(10);

    private readonly bool _usesSnowflakes = options.Value.Mode == CodesOptions.Snowflake;
    private readonly CancellationTokenSource _stopping = new();
    private LookalikeFilter _lookalikes = new(0);
    private CodePermutation? _permutation;
    private bool _disposed;
    private Task _refreshing = Task.CompletedTask;
    private long _highWater;
    private long _lookupSecond;
    private int _lookups;
    private volatile bool _missedLookalikes;

    /// <summary>
    /// Whether there may be a link under <paramref name="code"/>. False is certain but for an alias that another node has made and this one has not
    /// heard of, while there is a flood. Allocates nothing, takes no lock.
    /// </summary>
    public bool MayExist(ReadOnlySpan<char> code)
    {
        if (_permutation is not { } permutation || code.Length != permutation.Length || code.ContainsAny('-', '_')) return true;
        if (permutation.TryDecode(code, out var id) && IsIssued(id)) return true;
        return _lookalikes.MayContain(code) || TryTakeLookup();
    }

    /// <summary>Lets an alias through that has the shape of a generated code. Call it before the alias is added to the store.</summary>
    public void AddLookalike(ShortCode code)
    {
        if (code.Value.Length == options.Value.CodeLength) _lookalikes.Add(code.Value);
    }

    /// <summary>Messages about aliases of other nodes may have been lost: all are read again soon.</summary>
    public void SuspectLookalikes() => _missedLookalikes = true;

    /// <summary>Ids below <paramref name="highWater"/> are leased.</summary>
    public void Raise(long highWater)
    {
        for (var known = Volatile.Read(ref _highWater); known < highWater;)
        {
            var seen = Interlocked.CompareExchange(ref _highWater, highWater, known);
            if (seen == known) return;
            known = seen;
        }
    }

    public async Task StartAsync(CodePermutation permutation, CancellationToken cancellationToken)
    {
        Raise(await ranges.GetHighWaterAsync(cancellationToken));
        var found = new List<ShortCode>();
        await foreach (var alias in links.ReadLookalikesAsync(permutation.Length, cancellationToken)) found.Add(alias);
        var filter = new LookalikeFilter(found.Count);
        foreach (var alias in found) filter.Add(alias.Value);
        _lookalikes = filter;
        _permutation = permutation;
        _refreshing = RefreshAsync(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes what is registered under two services twice.
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _stopping.CancelAsync();
        await _refreshing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private bool IsIssued(long id) => _usesSnowflakes
        ? SnowflakeIds.TimestampOf(id) <= time.GetUtcNow() + ClockSlack
        : id < Volatile.Read(ref _highWater) + Slack;

    // Two threads may both see a new second; then a few more are let through, which does no harm.
    private bool TryTakeLookup()
    {
        if (options.Value.UnissuedLookups == 0) return false;
        var second = time.GetTimestamp() / time.TimestampFrequency;
        if (Volatile.Read(ref _lookupSecond) != second)
        {
            Volatile.Write(ref _lookupSecond, second);
            Volatile.Write(ref _lookups, 0);
        }
        return Volatile.Read(ref _lookups) < options.Value.UnissuedLookups && Interlocked.Increment(ref _lookups) <= options.Value.UnissuedLookups;
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Refresh, time);
        var readAt = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                Raise(await ranges.GetHighWaterAsync(cancellationToken));
                if (!_missedLookalikes && time.GetElapsedTime(readAt) < LookalikeRefresh) continue;
                _missedLookalikes = false;
                readAt = time.GetTimestamp();
                await foreach (var alias in links.ReadLookalikesAsync(options.Value.CodeLength, cancellationToken)) _lookalikes.Add(alias.Value);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // Without the store nobody leases ranges either; the next tick tries again.
                _missedLookalikes = true;
                Log.Postponed(logger, exception.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Debug, "What other nodes have issued could not be read: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);
    }
}
