using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Terse.Codes;

namespace Terse.Clicks.Statistics;

/// <summary>Hands written clicks to whoever watches. The worker never waits for a watcher: what one cannot take is counted and left out.</summary>
internal sealed class LiveClicks : IClickListener, IDisposable
{
    private readonly ClicksOptions _options;
    private readonly CancellationTokenRegistration _stopping;
    private readonly Channel<bool> _begun = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private ImmutableList<LiveSubscription> _subscriptions = [];

    public LiveClicks(IOptions<ClicksOptions> options, IHostApplicationLifetime lifetime)
    {
        _options = options.Value;

        // A stream that stayed open would hold up the shutdown.
        _stopping = lifetime.ApplicationStopping.Register(End);
    }

    public bool IsWatched => !Volatile.Read(ref _subscriptions).IsEmpty;

    /// <summary>Starts to watch a link, or all; null when too many watch. To be disposed.</summary>
    public LiveSubscription? Subscribe(ShortCode? code)
    {
        var subscription = new LiveSubscription(code, _options.LiveBuffer, Remove);
        if (!ImmutableInterlocked.Update(ref _subscriptions, (all, added) => all.Count < _options.LiveStreams ? all.Add(added) : all, subscription)) return null;
        if (_stopping.Token.IsCancellationRequested) subscription.Dispose();
        _begun.Writer.TryWrite(true);
        return subscription;
    }

    public void OnWritten(IReadOnlyList<EnrichedClick> clicks)
    {
        if (IsWatched) Show(clicks.Select(LiveClick.From));
    }

    /// <summary>Says when somebody begins to watch, for one reader.</summary>
    public IAsyncEnumerable<bool> BegunAsync(CancellationToken cancellationToken) => _begun.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Shows clicks to whoever watches: those written here, or of another node's worker.</summary>
    public void Show(IEnumerable<LiveClick> clicks)
    {
        var subscriptions = Volatile.Read(ref _subscriptions);
        if (subscriptions.IsEmpty) return;
        foreach (var click in clicks)
            foreach (var subscription in subscriptions) subscription.Offer(click);
    }

    public void Dispose() => _stopping.Dispose();

    private void End()
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions)) subscription.Dispose();
    }

    private void Remove(LiveSubscription subscription) => ImmutableInterlocked.Update(ref _subscriptions, static (all, gone) => all.Remove(gone), subscription);
}
