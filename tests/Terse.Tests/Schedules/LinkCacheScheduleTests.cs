namespace Terse.Tests.Schedules;

/// <summary>The invariants of src/Terse/Redirects/README.md under thousands of orders of events.</summary>
public sealed class LinkCacheScheduleTests
{
    [Fact]
    public void No_reader_gets_what_was_so_before_the_last_change_it_could_know_of() => Schedule.Explore(3_000, async schedule =>
    {
        using var scenario = new LinkCacheScenario(schedule);
        await Schedule.StartAll(Tasks(schedule, scenario, edits: 2, reads: 8, waits: 1));
        scenario.AssertCacheIsRight();
    });

    [Fact]
    public void A_failing_store_is_never_404_and_never_brings_back_what_is_known_to_have_changed() => Schedule.Explore(3_000, async schedule =>
    {
        using var scenario = new LinkCacheScenario(schedule, failures: 0.4);
        await scenario.EditAsync();
        await Schedule.StartAll(Tasks(schedule, scenario, edits: 2, reads: 8, waits: 2));
        scenario.AssertCacheIsRight();
    });

    [Fact]
    public void However_fast_a_link_changes_what_stays_in_L1_is_its_last_state() => Schedule.Explore(1_500, async schedule =>
    {
        using var scenario = new LinkCacheScenario(schedule);
        await Schedule.StartAll([.. Enumerable.Repeat<Func<Task>>(scenario.EditAsync, 12), .. Enumerable.Repeat<Func<Task>>(Ignore(scenario.ReadAsync), 12)]);
        scenario.AssertCacheIsRight();
    });

    /// <summary>The scheduler itself: a cache that reads and then keeps, without asking whether a change came in between, is found out at once.</summary>
    [Fact]
    public void A_cache_that_keeps_what_a_change_overtook_is_found_out()
    {
        var failure = Assert.Throws<ScheduleException>(() => Schedule.Explore(1_000, async schedule =>
        {
            var (store, cached) = (1, 0);
            await Schedule.StartAll(ReadAsync, ChangeAsync);
            Assert.True(cached == 0 || cached == store, "old");

            async Task ReadAsync()
            {
                var read = store;
                await Task.Yield();
                cached = read;
            }

            async Task ChangeAsync()
            {
                store = 2;
                await Task.Yield();
                cached = 0;
            }
        }));

        Assert.Contains("TERSE_SCHEDULE=", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_makes_the_same_choices()
    {
        List<string>[] rounds = [[], []];
        foreach (var orders in rounds)
        {
            Schedule.Explore(50, async _ =>
            {
                var order = "";
                await Schedule.StartAll(Enumerable.Range(0, 6).Select<int, Func<Task>>(number => async () =>
                {
                    order += number;
                    await Task.Yield();
                    order += number;
                }));
                orders.Add(order);
            });
        }

        // The longer mode explores as many as it has time for, which is not the same twice.
        Assert.Equal(rounds[0][..50], rounds[1][..50]);
        Assert.True(rounds[0].Distinct().Count() > 40);
    }

    private static IEnumerable<Func<Task>> Tasks(Schedule schedule, LinkCacheScenario scenario, int edits, int reads, int waits)
    {
        _ = schedule;
        return [.. Enumerable.Repeat<Func<Task>>(scenario.EditAsync, edits), .. Enumerable.Repeat<Func<Task>>(ReadTwiceAsync, reads / 2), .. Enumerable.Repeat<Func<Task>>(scenario.WaitAsync, waits)];

        async Task ReadTwiceAsync()
        {
            await scenario.ReadAsync();
            await scenario.ReadAsync();
        }
    }

    // A link that changes more often than a flight reads is answered as it was read: only what L1 keeps is judged here.
    private static Func<Task> Ignore(Func<Task> read) => async () =>
    {
        try
        {
            await read();
        }
        catch (Xunit.Sdk.TrueException)
        {
        }
    };
}
