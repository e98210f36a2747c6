using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Terse.Codes;

namespace Terse.Clicks.Statistics;

/// <summary>Hands written clicks to whoever watches. The worker never waits for a watcher: what one cannot take is counted and left out.</summary>
internal sealed class LiveClicks : IClickListener, IDisposable
{
    private readonly ClicksOptions _options;
    private readonly CancellationTokenRegistration _stopping;
    private ImmutableList<LiveSubscription> _subscriptions = [];

    public LiveClicks(IOptions<ClicksOptions> options, IHostApplicationLifetime lifetime)
    {
        _options = options.Value;

        // A stream that stayed open would hold up the shutdown.
        _stopping = lifetime.ApplicationStopping.Register(End);
    }

    /// <summary>Starts to watch a link, or all; null when too many watch. To be disposed.</summary>
    public LiveSubscription? Subscribe(ShortCode? code)
    {
        var subscription = new LiveSubscription(code, _options.LiveBuffer, Remove);
        if (!ImmutableInterlocked.Update(ref _subscriptions, (all, added) => all.Count < _options.LiveStreams ? all.Add(added) : all, subscription)) return null;
        if (_stopping.Token.IsCancellationRequested) subscription.Dispose();
        return subscription;
    }

    public void OnWritten(IReadOnlyList<EnrichedClick> clicks)
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions))
            foreach (var click in clicks) subscription.Offer(click);
    }

    public void Dispose() => _stopping.Dispose();

    private void End()
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions)) subscription.Dispose();
    }

    private void Remove(LiveSubscription subscription) => ImmutableInterlocked.Update(ref _subscriptions, static (all, gone) => all.Remove(gone), subscription);
}
