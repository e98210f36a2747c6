using Terse.RateLimiting;
using Terse.Tests.Contracts;

namespace Terse.Tests.RateLimiting;

public sealed class LocalRateLimitsTests : RateLimitStoreContract
{
    private readonly LocalRateLimits _store = new();

    private protected override IRateLimitStore Store => _store;

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Flood_of_subjects_takes_bounded_memory_and_forgets_the_idle_first()
    {
        var rule = new RateLimitRule("rule", RateLimitAlgorithm.FixedWindow, 1, TimeSpan.FromHours(1), 1);
        var brief = new RateLimitRule("brief", RateLimitAlgorithm.FixedWindow, 1, TimeSpan.FromSeconds(1), 1);
        await _store.TakeAsync(rule, "kept", Now, Cancellation);
        for (var i = 0; i < LocalRateLimits.MostSubjects; i++) await _store.TakeAsync(brief, $"idle{i}", Now.AddSeconds(-10), Cancellation);
        Assert.InRange(_store.Count, 1, LocalRateLimits.MostSubjects);
        Assert.False((await _store.TakeAsync(rule, "kept", Now, Cancellation)).IsAllowed);
        for (var i = 0; i < LocalRateLimits.MostSubjects; i++) await _store.TakeAsync(rule, $"busy{i}", Now, Cancellation);
        Assert.InRange(_store.Count, 1, LocalRateLimits.MostSubjects + 1);
    }
}
