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
    public async Task Flood_of_subjects_takes_bounded_memory_and_forgets_first_those_with_the_least_time_left()
    {
        var (lengthy, medium, brief) = (Rule("long", TimeSpan.FromHours(2)), Rule("medium", TimeSpan.FromHours(1)), Rule("brief", TimeSpan.FromSeconds(1)));
        Assert.True(await IsAllowedAsync(lengthy, "kept"));
        for (var i = 0; i < LocalRateLimits.MostSubjects * 3; i++)
        {
            await IsAllowedAsync(i % 2 == 0 ? medium : brief, $"flood{i}");
            if (i % 1000 == 0) Assert.InRange(_store.Count, 1, LocalRateLimits.MostSubjects);
        }
        Assert.False(await IsAllowedAsync(lengthy, "kept"));
    }

    private static RateLimitRule Rule(string name, TimeSpan window) => new(name, RateLimitAlgorithm.TokenBucket, 1, window, 1);

    private async Task<bool> IsAllowedAsync(RateLimitRule rule, string subject) => (await _store.TakeAsync(rule, subject, Now, Cancellation)).IsAllowed;
}
