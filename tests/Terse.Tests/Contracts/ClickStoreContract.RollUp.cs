using Terse.Clicks;

namespace Terse.Tests.Contracts;

public abstract partial class ClickStoreContract
{
    private static readonly DateTimeOffset Later = AClick.At.AddDays(100);

    /// <summary>Counts clicks of an hour over all links, as many as no test could write one by one.</summary>
    private protected abstract ValueTask AddTotalAsync(DateTimeOffset hour, int clicks);

    [Fact]
    public async Task Folding_changes_no_count_of_a_query_that_is_not_finer()
    {
        var random = new Random(23);
        await WriteAsync([.. Enumerable.Range(1, 400).Select(position =>
            AClick.WithEveryField($"link{random.Next(4)}", position, $" {random.Next(3)}") with { At = AClick.At.AddMinutes(random.Next(10 * 1440)), Visitor = (ulong)random.Next(90) })]);
        var hourly = await AnswersAsync(ClickUnit.Hour);
        var daily = await AnswersAsync(ClickUnit.Day);

        // Days cut in two at both ends, as those of another time zone are.
        var (from, to) = (From.AddDays(60).AddHours(22), From.AddDays(68).AddHours(22));
        var elsewhere = await AnswersAsync(ClickUnit.Day, from, to);

        await Store.RollUpAsync(Later, new ClickRetention(AClick.At.AddDays(8), From, From), Cancellation);
        Assert.Equal(hourly, await AnswersAsync(ClickUnit.Hour));
        Assert.Equal(elsewhere, await AnswersAsync(ClickUnit.Day, from, to));

        await Store.RollUpAsync(Later, new ClickRetention(AClick.At.AddDays(8), AClick.At.AddDays(5), From), Cancellation);
        Assert.Equal(daily, await AnswersAsync(ClickUnit.Day));
    }

    [Fact]
    public async Task A_day_may_have_more_clicks_than_32_bits_hold()
    {
        await AddTotalAsync(From.AddDays(1).AddHours(3), 2_000_000_000);
        await AddTotalAsync(From.AddDays(1).AddHours(4), 2_000_000_000);

        await Store.RollUpAsync(Later, new ClickRetention(Later, Later, From), Cancellation);

        Assert.Equal(4_000_000_000, Assert.Single(await Store.ReadSeriesAsync(Query(), ClickUnit.Day, Cancellation)).Counts.Clicks);
    }

    [Fact]
    public async Task Folded_visits_count_at_the_start_of_their_hour_or_day()
    {
        await WriteAsync(AClick.Of("a", 1), AClick.Of("a", 2, AClick.At.AddDays(1)), AClick.Of("a", 3, AClick.At.AddDays(2)));

        await Store.RollUpAsync(Later, new ClickRetention(AClick.At.AddDays(2), AClick.At.AddDays(1), From), Cancellation);

        var points = await Store.ReadSeriesAsync(Query("a"), ClickUnit.Minute, Cancellation);
        Assert.Equal(
            [new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero), new(2026, 3, 3, 12, 30, 0, TimeSpan.Zero)],
            points.Select(point => point.At));
    }

    [Fact]
    public async Task A_bound_inside_a_day_leaves_that_day_as_it_is()
    {
        await WriteAsync(AClick.Of("a", 1));
        var bound = AClick.At.AddHours(6);

        await Store.RollUpAsync(Later, new ClickRetention(bound, bound, bound), Cancellation);

        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 30, 0, TimeSpan.Zero), Assert.Single(await Store.ReadSeriesAsync(Query("a"), ClickUnit.Minute, Cancellation)).At);
    }

    [Fact]
    public async Task Visits_before_the_last_bound_are_gone_from_every_query()
    {
        await WriteAsync(AClick.Of("a", 1) with { Country = "old" }, AClick.Of("a", 2, AClick.At.AddDays(3)) with { Country = "new" });
        var bound = AClick.At.AddDays(1);

        await Store.RollUpAsync(Later, new ClickRetention(bound, bound, bound), Cancellation);

        Assert.Equal(1, (await TotalAsync()).Clicks);
        Assert.Equal(1, (await TotalAsync("a")).Clicks);
        Assert.Equal([("new", 1L)], await TopAsync(ClickDimension.Country));
        Assert.Equal([("new", 1L)], await TopAsync(ClickDimension.Country, "a"));
    }

    [Fact]
    public async Task Rolling_up_again_changes_nothing()
    {
        await WriteAsync(AClick.WithEveryField("a", 1), AClick.WithEveryField("b", 2) with { At = AClick.At.AddDays(4) });
        var retention = new ClickRetention(AClick.At.AddDays(6), AClick.At.AddDays(2), From);
        await Store.RollUpAsync(Later, retention, Cancellation);
        var once = await AnswersAsync(ClickUnit.Minute);

        await Store.RollUpAsync(Later, retention, Cancellation);

        Assert.Equal(once, await AnswersAsync(ClickUnit.Minute));
    }

    [Fact]
    public async Task A_visit_that_arrives_after_its_day_was_folded_counts()
    {
        await WriteAsync(AClick.WithEveryField("a", 1));
        var retention = new ClickRetention(AClick.At.AddDays(6), AClick.At.AddDays(2), From);
        await Store.RollUpAsync(Later, retention, Cancellation);

        await WriteAsync(AClick.WithEveryField("a", 2));
        Assert.Equal(2, (await TotalAsync("a")).Clicks);
        await Store.RollUpAsync(Later, retention, Cancellation);

        Assert.Equal(2, (await TotalAsync("a")).Clicks);
        Assert.Equal(2, (await TotalAsync()).Clicks);
        Assert.Equal([("browser", 2L)], await TopAsync(ClickDimension.Browser, filters: new ClickFilter(ClickDimension.Country, "country")));
    }

    [Fact]
    public async Task Salts_are_destroyed_three_days_later()
    {
        var day = new DateOnly(2026, 3, 1);
        var salt = await Store.ReadSaltAsync(day, Cancellation);
        var retention = new ClickRetention(From, From, From);

        await Store.RollUpAsync(AClick.At.AddDays(2), retention, Cancellation);
        Assert.Equal(salt, await Store.ReadSaltAsync(day, Cancellation));
        await Store.RollUpAsync(AClick.At.AddDays(3), retention, Cancellation);

        Assert.NotEqual(salt, await Store.ReadSaltAsync(day, Cancellation));
    }

    [Fact]
    public async Task Queries_during_a_roll_up_see_every_visit_exactly_once()
    {
        await WriteAsync([.. Enumerable.Range(1, 3_000).Select(position => AClick.Of($"link{position % 50}", position, AClick.At.AddMinutes(position)))]);
        using var done = new CancellationTokenSource();
        var watching = Task.Run(
            async () =>
            {
                var counts = new HashSet<long>();
                do
                {
                    counts.Add((await TotalAsync()).Clicks);
                    counts.Add((await TotalAsync(null, ClickKind.Redirected, new(ClickDimension.Country, ""), new(ClickDimension.City, ""))).Clicks);
                }
                while (!done.IsCancellationRequested);
                return counts;
            },
            Cancellation);

        for (var day = 0; day < 4; day++)
            await Store.RollUpAsync(Later, new ClickRetention(AClick.At.AddDays(day), AClick.At.AddDays(day - 1), From), Cancellation);
        await done.CancelAsync();

        Assert.Equal([3_000], await watching);
    }

    /// <summary>Everything a dashboard asks, as text that can be compared.</summary>
    private async Task<string> AnswersAsync(ClickUnit unit, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        ClickQuery Asked(string? code, params ClickFilter[] filters)
        {
            var query = Query(code, filters: filters);
            return query with { From = from ?? query.From, To = to ?? query.To };
        }


        var answers = new List<string>();
        foreach (var code in new[] { null, "link1", "a" })
        {
            answers.AddRange((await Store.ReadSeriesAsync(Asked(code), unit, Cancellation)).Select(point => $"{code} {point}"));
            foreach (var dimension in Enum.GetValues<ClickDimension>())
            {
                answers.AddRange((await Store.ReadTopAsync(Asked(code), dimension, 100, Cancellation)).Select(group => $"{code} {dimension} {group}"));
                answers.AddRange((await Store.ReadTopAsync(Asked(code, new ClickFilter(ClickDimension.Country, "country 1")), dimension, 100, Cancellation))
                    .Select(group => $"{code} country 1 {dimension} {group}"));
            }
        }
        return string.Join('\n', answers);
    }
}
