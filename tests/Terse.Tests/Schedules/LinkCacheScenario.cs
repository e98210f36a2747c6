using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Terse.Codes;
using Terse.Links;
using Terse.Redirects;
using Terse.Tests.Contracts;

namespace Terse.Tests.Schedules;

/// <summary>
/// One code, its link in a store, editors that change the store and then tell L1, and readers that ask L1 and then the resolver, as redirects do. What
/// the store had at each moment is kept, so that every answer can be judged: it must be one that the store had since the last change that was
/// told before the question.
/// </summary>
internal sealed class LinkCacheScenario : IDisposable
{
    private static readonly ShortCode Code = ShortCode.Parse("code");

    private readonly Schedule _schedule;
    private readonly double _failures;
    private readonly ServiceProvider _services;
    private readonly FakeTimeProvider _time = new(ALink.Created);
    private readonly LinkCache _cache;
    private readonly LinkResolver _resolver;
    private readonly LinkChanges _changes;
    private readonly List<Link?> _past = [null];
    private long _version = ALink.Created.ToUnixTimeMilliseconds();
    private int _told;
    private int _reading;
    private int _readingAtOnce;
    private long _lastCached;

    public LinkCacheScenario(Schedule schedule, double failures = 0)
    {
        (_schedule, _failures) = (schedule, failures);
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                [RedirectOptions.Section + ":L1Megabytes"] = "1",
                [RedirectOptions.Section + ":L1Ttl"] = "00:00:01",
                [RedirectOptions.Section + ":NegativeTtl"] = "00:00:01",
                [RedirectOptions.Section + ":StoreTimeout"] = "00:01:00",
            }).Build());
        services.AddSingleton<TimeProvider>(_time).AddSingleton(new Random(1)).AddSingleton<ILinkStore>(new Store(this)).AddSingleton<LinkChanges>().AddRedirects();
        _services = services.BuildServiceProvider();
        _cache = _services.GetRequiredService<LinkCache>();
        _resolver = _services.GetRequiredService<LinkResolver>();
        _changes = _services.GetRequiredService<LinkChanges>();
        schedule.AfterStep = AssertCacheNeverGoesBack;
    }

    private Link? Now => _past[^1];

    /// <summary>Creates the link, or changes or removes it: the store first, then the word of it, with others in between.</summary>
    public async Task EditAsync()
    {
        await Task.Yield();
        var before = Now;
        var version = ++_version;
        var remove = before is not null && _schedule.Chance(0.3);
        _past.Add(remove ? null : ALink.Of(Code.Value, $"https://example.com/{version}") with { Version = version });
        var (moment, after) = (_past.Count - 1, Now);

        await Task.Yield();
        _changes.Publish(after is null ? new LinkChange(Code, version, LinkChangeKind.Removed, null)
            : before is null ? LinkChange.Created(after) : LinkChange.Changed(after));
        _told = Math.Max(_told, moment);
    }

    /// <summary>Asks as a redirect does, and judges the answer.</summary>
    public async Task ReadAsync()
    {
        await Task.Yield();
        var since = _told;
        var now = _time.GetTimestamp();
        var answer = _resolver.TryGetCached(Code.Value, now) is { } cached ? Resolution.Of(cached) : await _resolver.ResolveAsync(Code, now);
        var possible = _past.Skip(since).ToList();
        switch (answer.State)
        {
            case ResolutionState.Found:
                Assert.True(possible.Any(link => link?.Version == answer.Link!.Version), $"Version {answer.Link!.Version} was answered after a later one had been told.");
                break;
            case ResolutionState.Unknown:
                Assert.True(possible.Contains(null), "404 was answered for a link that was there all the time.");
                break;
            default:
                Assert.True(_failures > 0, "The store was up.");
                break;
        }
    }

    /// <summary>Lets what L1 has run out.</summary>
    public async Task WaitAsync()
    {
        await Task.Yield();
        _time.Advance(TimeSpan.FromMilliseconds(_schedule.Choose(2_000)));
    }

    /// <summary>When all is quiet, L1 has the last state or nothing; and the code was never read twice at once.</summary>
    public void AssertCacheIsRight()
    {
        Assert.InRange(_readingAtOnce, 0, 1);
        if (_cache.TryGetFresh(Code.Value, _time.GetTimestamp()) is not { } entry) return;
        Assert.Equal(Now?.Version, entry.IsLink ? entry.Version : null);
    }

    public void Dispose() => _services.Dispose();

    private void AssertCacheNeverGoesBack()
    {
        if (_cache.TryGetFresh(Code.Value, _time.GetTimestamp()) is not { IsLink: true } entry) return;
        Assert.True(entry.Version >= _lastCached, $"L1 went back from version {_lastCached} to {entry.Version}.");
        _lastCached = entry.Version;
    }

    /// <summary>Answers with what there was at a moment between the call and the answer, or fails.</summary>
    private sealed class Store(LinkCacheScenario scenario) : OnlyFinds
    {
        public override async ValueTask<Link?> FindAsync(ShortCode code, CancellationToken cancellationToken)
        {
            scenario._readingAtOnce = Math.Max(scenario._readingAtOnce, ++scenario._reading);
            try
            {
                await Task.Yield();
                var found = scenario.Now;
                await Task.Yield();
                return scenario._schedule.Chance(scenario._failures) ? throw new StoreUnavailableException("down") : found;
            }
            finally
            {
                scenario._reading--;
            }
        }
    }
}
