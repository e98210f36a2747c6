using Microsoft.Extensions.Time.Testing;
using Terse.Codes;

namespace Terse.Tests.Codes;

public sealed class SnowflakeIdsTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly InMemoryCodeRangeStore _store = new();
    private readonly CodesOptions _options = new() { Mode = CodesOptions.Snowflake };

    [Fact]
    public async Task An_id_carries_its_millisecond()
    {
        await using var ids = await StartAsync(new FakeTimeProvider(Start));
        Assert.Equal(Start, SnowflakeIds.TimestampOf(await ids.NextAsync(Cancellation)));
    }

    [Fact]
    public async Task When_a_millisecond_is_used_up_the_next_id_waits_for_the_next()
    {
        var time = new FakeTimeProvider(Start);
        await using var ids = await StartAsync(time);
        for (var i = 0; i < 4096; i++) Assert.Equal(Start, SnowflakeIds.TimestampOf(await ids.NextAsync(Cancellation)));
        var next = ids.NextAsync(Cancellation).AsTask();
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Start.AddMilliseconds(1), SnowflakeIds.TimestampOf(await next));
    }

    [Fact]
    public async Task A_clock_that_goes_back_a_little_repeats_no_id()
    {
        var time = new SteppingTime(Start);
        await using var ids = await StartAsync(time);
        var seen = new HashSet<long>();
        for (var i = 0; i < 100; i++)
        {
            time.Now = Start.AddMilliseconds(i % 2 == 0 ? i : i - 1);
            Assert.True(seen.Add(await ids.NextAsync(Cancellation)));
        }
    }

    [Fact]
    public async Task A_clock_that_goes_back_far_is_refused_once_the_millisecond_is_used_up()
    {
        var time = new SteppingTime(Start);
        await using var ids = await StartAsync(time);
        await ids.NextAsync(Cancellation);
        time.Now = Start.AddSeconds(-5);
        for (var i = 1; i < 4096; i++) await ids.NextAsync(Cancellation);
        var refused = await Assert.ThrowsAsync<CodesUnavailableException>(async () => await ids.NextAsync(Cancellation));
        Assert.Contains("5001 ms", refused.Message, StringComparison.Ordinal);
        time.Now = Start.AddMilliseconds(1);
        await ids.NextAsync(Cancellation);
    }

    [Fact]
    public async Task No_id_is_made_after_the_lease_has_run_out()
    {
        var time = new SteppingTime(Start);
        await using var ids = await StartAsync(time);
        time.Now = Start + _options.MachineLease;
        await Assert.ThrowsAsync<CodesUnavailableException>(async () => await ids.NextAsync(Cancellation));
    }

    [Fact]
    public async Task The_lease_is_renewed_in_the_background()
    {
        var time = new FakeTimeProvider(Start);
        await using var ids = await StartAsync(time);
        for (var i = 0; i < 12; i++)
        {
            time.Advance(_options.MachineLease / 3);
            await ids.NextAsync(Cancellation);
        }
    }

    [Fact]
    public async Task A_machine_id_that_changed_hands_repeats_no_id_even_with_a_slow_clock()
    {
        var seen = new HashSet<long>();
        for (var i = 0; i < MachineLease.MaxMachineId; i++) await _store.LeaseMachineAsync($"other {i}", Start, TimeSpan.FromHours(1), Cancellation);
        var first = await StartAsync(new SteppingTime(Start.AddMilliseconds(10)));
        for (var i = 0; i < 100; i++) Assert.True(seen.Add(await first.NextAsync(Cancellation)));
        await first.StopAsync(Cancellation);
        await first.DisposeAsync();

        // The next holder's clock is 10 ms behind, and it gets the same machine id.
        var slow = new FakeTimeProvider(Start.AddMilliseconds(11));
        await using var second = await StartAsync(slow);
        for (var i = 0; i < 100; i++) Assert.True(seen.Add(await second.NextAsync(Cancellation)));
    }

    [Fact]
    public async Task Two_nodes_at_one_time_have_two_machine_ids()
    {
        var time = new FakeTimeProvider(Start);
        await using var first = await StartAsync(time);
        await using var second = await StartAsync(time);
        Assert.NotEqual(await first.NextAsync(Cancellation), await second.NextAsync(Cancellation));
    }

    [Fact]
    public async Task Without_a_free_machine_id_no_id_is_made()
    {
        var time = new FakeTimeProvider(Start);
        for (var i = 0; i <= MachineLease.MaxMachineId; i++) await _store.LeaseMachineAsync($"other {i}", Start, TimeSpan.FromHours(1), Cancellation);
        await using var ids = await StartAsync(time);
        await Assert.ThrowsAsync<CodesUnavailableException>(async () => await ids.NextAsync(Cancellation));
    }

    private async Task<SnowflakeIds> StartAsync(TimeProvider time)
    {
        var ids = new SnowflakeIds(_store, _options, time);
        await ids.StartAsync(Cancellation);
        return ids;
    }

    /// <summary>A clock that can be turned back, whose timers never fire.</summary>
    private sealed class SteppingTime(DateTimeOffset start) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = start;

        public override DateTimeOffset GetUtcNow() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
