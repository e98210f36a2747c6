namespace Terse.Tests.Schedules;

/// <summary>The invariants of src/Terse/Clicks/README.md under thousands of orders of events.</summary>
public sealed class ClickLogScheduleTests
{
    [Fact]
    public void Every_click_that_was_written_is_counted_once_through_segments_returns_and_kills() => Schedule.Explore(1_000, async schedule =>
    {
        using var scenario = new ClickLogScenario(schedule, writers: 4);
        await Schedule.StartAll([
            .. Enumerable.Range(0, 4).Select<int, Func<Task>>(writer => () => scenario.WriteAsync(writer, records: 60, length: 1_500)),
            scenario.WorkAsync, () => scenario.KillAsync(200), () => scenario.KillAsync(600),
        ]);
        scenario.AssertCountedOnce();
    });

    [Fact]
    public void A_full_log_refuses_loses_nothing_that_it_took_and_takes_again_once_worked_off() => Schedule.Explore(200, async schedule =>
    {
        using var scenario = new ClickLogScenario(schedule, writers: 3);
        await Schedule.StartAll([
            .. Enumerable.Range(0, 3).Select<int, Func<Task>>(writer => () => scenario.WriteAsync(writer, records: 120, length: 8_000)),
            async () =>
            {
                await scenario.FirstRefusal;
                await scenario.WorkAsync();
            },
        ]);
        Assert.True(scenario.Refused > 0);
        scenario.AssertCountedOnce();
    });
}
