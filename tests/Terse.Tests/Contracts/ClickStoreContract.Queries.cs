using Terse.Clicks;
using Terse.Codes;

namespace Terse.Tests.Contracts;

public abstract partial class ClickStoreContract
{
    [Theory]
    [InlineData((int)ClickUnit.Minute, new[] { "12:30", "12:31", "13:00" })]
    [InlineData((int)ClickUnit.Hour, new[] { "12:00", "13:00" })]
    [InlineData((int)ClickUnit.Day, new[] { "00:00" })]
    public async Task A_series_has_a_point_per_unit_with_visits_in_order_of_time(int unit, string[] starts)
    {
        await WriteAsync(AClick.Of("a", 1, AClick.At.AddMinutes(30)), AClick.Of("b", 2, AClick.At.AddMinutes(1)), AClick.Of("a", 3), AClick.Of("a", 4, AClick.At.AddSeconds(44)));

        var ofAll = await Store.ReadSeriesAsync(Query(), (ClickUnit)unit, Cancellation);
        var ofLink = await Store.ReadSeriesAsync(Query("b"), (ClickUnit)unit, Cancellation);

        Assert.Equal(starts, ofAll.Select(point => point.At.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(4, ofAll.Sum(point => point.Counts.Clicks));
        Assert.Equal(1, Assert.Single(ofLink).Counts.Clicks);
    }

    [Theory]
    [InlineData((int)ClickUnit.Minute)]
    [InlineData((int)ClickUnit.Hour)]
    [InlineData((int)ClickUnit.Day)]
    public async Task Only_visits_from_the_start_up_to_but_without_the_end_count(int unit)
    {
        var start = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
        await WriteAsync(
            AClick.Of("a", 1, start.AddMilliseconds(-1)), AClick.Of("a", 2, start), AClick.Of("a", 3, start.AddDays(1).AddMilliseconds(-1)), AClick.Of("a", 4, start.AddDays(1)));

        foreach (var code in new[] { "a", null })
        {
            var points = await Store.ReadSeriesAsync(Query(code) with { From = start, To = start.AddDays(1) }, (ClickUnit)unit, Cancellation);
            Assert.Equal(2, points.Sum(point => point.Counts.Clicks));
        }
    }

    [Fact]
    public async Task Bounds_inside_an_hour_are_kept_to_the_minute()
    {
        var start = new DateTimeOffset(2026, 3, 1, 12, 10, 0, TimeSpan.Zero);
        await WriteAsync(AClick.Of("a", 1, start.AddMilliseconds(-1)), AClick.Of("a", 2, start), AClick.Of("a", 3, start.AddMinutes(5)));

        var points = await Store.ReadSeriesAsync(Query() with { From = start, To = start.AddMinutes(5) }, ClickUnit.Hour, Cancellation);

        Assert.Equal(1, Assert.Single(points).Counts.Clicks);
    }

    [Fact]
    public async Task Kinds_are_series_of_their_own()
    {
        await WriteAsync(AClick.Of("a", 1), AClick.Missing(2), AClick.Missing(3), AClick.Of("a", 4) with { Kind = ClickKind.Ended, Visitor = 4 });

        Assert.Equal(new ClickCounts(1, 1, 1), await TotalAsync());
        Assert.Equal(new ClickCounts(2, 2, 0), await TotalAsync(kind: ClickKind.NotFound));
        Assert.Equal(new ClickCounts(1, 1, 0), await TotalAsync("a", ClickKind.Ended));
    }

    [Fact]
    public async Task Bots_count_as_clicks_but_neither_as_humans_nor_as_visitors()
    {
        await WriteAsync(AClick.Of("a", 1), AClick.Of("a", 2) with { IsBot = true, Visitor = null }, AClick.Of("a", 3) with { IsBot = true });

        Assert.Equal(new ClickCounts(3, 1, 1), await TotalAsync("a"));
        Assert.Equal(new ClickCounts(3, 1, 1), await TotalAsync());
    }

    [Fact]
    public async Task A_visitor_counts_once_a_day_on_a_link_and_once_a_day_on_all()
    {
        await WriteAsync(AClick.Of("a", 1, visitor: 7), AClick.Of("a", 2, visitor: 7), AClick.Of("b", 3, visitor: 7), AClick.Of("a", 4, visitor: 8));
        await WriteAsync(AClick.Of("a", 5, visitor: 7), AClick.Of("b", 6, visitor: 8), AClick.Of("a", 7, AClick.At.AddDays(1), visitor: 7));

        Assert.Equal(3, (await TotalAsync("a")).Visitors);
        Assert.Equal(2, (await TotalAsync("b")).Visitors);
        Assert.Equal(3, (await TotalAsync()).Visitors);
    }

    [Fact]
    public async Task A_visitor_of_before_a_restart_is_still_known()
    {
        await WriteAsync(AClick.Of("a", 1, visitor: 7));

        Store = await ReopenAsync();
        await WriteAsync(AClick.Of("a", 2, visitor: 7));

        Assert.Equal(1, (await TotalAsync("a")).Visitors);
    }

    [Theory]
    [InlineData((int)ClickUnit.Minute)]
    [InlineData((int)ClickUnit.Hour)]
    [InlineData((int)ClickUnit.Day)]
    public async Task Units_and_values_add_up_to_the_total(int unit)
    {
        var random = new Random(17);
        await WriteAsync([.. Enumerable.Range(1, 500).Select(position => AClick.Of($"link{random.Next(5)}", position, AClick.At.AddMinutes(random.Next(6_000)), (ulong)random.Next(60)) with
        {
            Country = $"C{random.Next(4)}",
            Browser = $"B{random.Next(3)}",
            IsBot = random.Next(5) == 0,
        })]);

        foreach (var code in new[] { null, "link1" })
        {
            var total = await TotalAsync(code);
            var series = await Store.ReadSeriesAsync(Query(code), (ClickUnit)unit, Cancellation);
            var countries = await Store.ReadTopAsync(Query(code), ClickDimension.Country, 10, Cancellation);
            var filtered = new List<ClickCounts>();
            foreach (var browser in new[] { "B0", "B1", "B2" }) filtered.Add(await TotalAsync(code, ClickKind.Redirected, new ClickFilter(ClickDimension.Browser, browser)));

            Assert.True(total.Clicks > total.Humans && total.Humans > total.Visitors && total.Visitors > 0);
            Assert.Equal(total, series.Aggregate(default(ClickCounts), (sum, point) => sum + point.Counts));
            Assert.Equal(total, countries.Aggregate(default(ClickCounts), (sum, group) => sum + group.Counts));
            Assert.Equal(total, filtered.Aggregate(default(ClickCounts), (sum, counts) => sum + counts));
        }
    }

    [Fact]
    public async Task Any_dimension_is_filtered_by_any_other_and_by_itself()
    {
        var mine = AClick.WithEveryField("mine", 1);
        await WriteAsync(mine, mine with { Position = 2 }, AClick.WithEveryField("other", 3, " of another"));

        foreach (var filter in Enum.GetValues<ClickDimension>())
        {
            var value = new ClickFilter(filter, mine[filter]);
            Assert.Equal(2, (await TotalAsync(null, ClickKind.Redirected, value)).Clicks);
            Assert.Equal(0, (await TotalAsync("other", ClickKind.Redirected, value)).Clicks);
            foreach (var dimension in Enum.GetValues<ClickDimension>())
            {
                Assert.Equal([(mine[dimension], 2L)], await TopAsync(dimension, null, 10, value));
                Assert.Equal([(mine[dimension], 2L)], await TopAsync(dimension, "mine", 10, value));
            }
        }
    }

    [Fact]
    public async Task Filters_must_all_hold()
    {
        await WriteAsync(
            AClick.Of("a", 1) with { Country = "CH", Browser = "Firefox", Device = "mobile" }, AClick.Of("a", 2) with { Country = "CH", Browser = "Chrome" },
            AClick.Of("a", 3) with { Country = "DE", Browser = "Firefox" });
        ClickFilter[] filters = [new(ClickDimension.Country, "CH"), new(ClickDimension.Browser, "Firefox")];

        Assert.Equal(1, (await TotalAsync(null, ClickKind.Redirected, filters)).Clicks);
        Assert.Equal([("mobile", 1L)], await TopAsync(ClickDimension.Device, "a", 10, filters));
    }

    [Fact]
    public async Task A_value_or_a_link_that_was_never_met_matches_nothing()
    {
        await WriteAsync(AClick.Of("a", 1) with { Country = "CH" });

        Assert.Equal(default, await TotalAsync(null, ClickKind.Redirected, new ClickFilter(ClickDimension.Country, "never' OR 1=1 --")));
        Assert.Equal(default, await TotalAsync("never"));
        Assert.Equal(default, await TotalAsync("A"));
    }

    [Fact]
    public async Task Tops_have_the_most_clicks_first_and_equals_by_value_up_to_the_limit()
    {
        await WriteAsync(
            AClick.Of("a", 1) with { Country = "D" }, AClick.Of("a", 2) with { Country = "B" }, AClick.Of("a", 3) with { Country = "C" },
            AClick.Of("a", 4) with { Country = "Z" }, AClick.Of("a", 5) with { Country = "Z" }, AClick.Of("a", 6) with { Country = "a" });

        Assert.Equal([("Z", 2L), ("B", 1L), ("C", 1L)], await TopAsync(ClickDimension.Country, "a", 3));
        Assert.Equal([("Z", 2L), ("B", 1L), ("C", 1L), ("D", 1L), ("a", 1L)], await TopAsync(ClickDimension.Country));
    }

    [Fact]
    public async Task Totals_of_links_are_of_all_that_is_kept()
    {
        await WriteAsync(
            AClick.Of("a", 1), AClick.Of("a", 2, AClick.At.AddDays(9)) with { IsBot = true, Visitor = null }, AClick.Of("a", 3) with { Kind = ClickKind.Ended },
            AClick.Of("b", 4), AClick.Of("gone", 5), AClick.Of("other", 6));
        await Store.RollUpAsync(AClick.At.AddDays(20), new ClickRetention(AClick.At.AddDays(5), AClick.At.AddDays(3), From), Cancellation);
        await Store.EraseAsync(ShortCode.Parse("gone"), To, Cancellation);

        var totals = await Store.ReadTotalsAsync([ShortCode.Parse("a"), ShortCode.Parse("b"), ShortCode.Parse("gone"), ShortCode.Parse("never")], Cancellation);

        Assert.Equal([("a", new ClickCounts(2, 1, 1)), ("b", new ClickCounts(1, 1, 1))], totals.Select(total => (total.Key.Value, total.Value)).OrderBy(total => total.Item1, StringComparer.Ordinal));
        Assert.Empty(await Store.ReadTotalsAsync([], Cancellation));
    }

    [Fact]
    public async Task What_is_not_known_is_the_empty_value()
    {
        await WriteAsync(AClick.Of("a", 1), AClick.Of("a", 2) with { Referrer = "example.com" });

        Assert.Equal([("", 1L), ("example.com", 1L)], await TopAsync(ClickDimension.Referrer));
        Assert.Equal(1, (await TotalAsync("a", ClickKind.Redirected, new ClickFilter(ClickDimension.Referrer, ""))).Clicks);
    }
}
