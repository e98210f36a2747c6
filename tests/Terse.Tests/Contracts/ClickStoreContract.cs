using Terse.Clicks;
using Terse.Codes;

namespace Terse.Tests.Contracts;

/// <summary>The clauses of <see cref="IClickStore"/> on writing and erasing, one test each; queries and roll-up follow in the other parts.</summary>
public abstract partial class ClickStoreContract : ContractSuite
{
    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private protected IClickStore Store { get; set; } = null!;

    public override async ValueTask InitializeAsync() => Store = await OpenAsync();

    private protected abstract ValueTask<IClickStore> OpenAsync();

    /// <summary>Closes the store and opens it again on the same data, as after a restart.</summary>
    private protected abstract ValueTask<IClickStore> ReopenAsync();

    [Fact]
    public async Task A_batch_written_twice_counts_once()
    {
        EnrichedClick[] batch = [AClick.Of("a", 1), AClick.Of("a", 2), AClick.Of("b", 3)];

        var first = await Store.WriteAsync("node", batch, Cancellation);
        var second = await Store.WriteAsync("node", batch, Cancellation);

        Assert.Equal(batch, first);
        Assert.Empty(second);
        Assert.Equal(3, (await TotalAsync()).Clicks);
    }

    [Fact]
    public async Task Of_a_batch_that_overlaps_only_the_new_visits_count()
    {
        await WriteAsync(AClick.Of("a", 1), AClick.Of("a", 2));

        var written = await Store.WriteAsync("node", [AClick.Of("a", 2), AClick.Of("a", 3)], Cancellation);

        Assert.Equal(3, Assert.Single(written).Position);
        Assert.Equal(3, (await TotalAsync("a")).Clicks);
    }

    [Fact]
    public async Task The_watermark_is_the_highest_position_and_never_falls()
    {
        Assert.Null(await Store.ReadWatermarkAsync("node", Cancellation));

        await WriteAsync(AClick.Of("a", 5), AClick.Of("a", 9));
        await WriteAsync(AClick.Of("a", 7));

        Assert.Equal(9, await Store.ReadWatermarkAsync("node", Cancellation));
        Assert.Equal(2, (await TotalAsync()).Clicks);
    }

    [Fact]
    public async Task An_empty_batch_changes_nothing()
    {
        Assert.Empty(await Store.WriteAsync("node", [], Cancellation));

        Assert.Null(await Store.ReadWatermarkAsync("node", Cancellation));
    }

    [Fact]
    public async Task Sources_do_not_see_each_others_watermarks()
    {
        await Store.WriteAsync("node1", [AClick.Of("a", 100)], Cancellation);

        await Store.WriteAsync("node2", [AClick.Of("a", 1)], Cancellation);

        Assert.Equal(2, (await TotalAsync("a")).Clicks);
        Assert.Equal(100, await Store.ReadWatermarkAsync("node1", Cancellation));
        Assert.Equal(1, await Store.ReadWatermarkAsync("node2", Cancellation));
    }

    [Fact]
    public async Task Writers_at_once_lose_nothing_and_count_nothing_twice()
    {
        await AtOnceAsync(16, index => Store.WriteAsync(
            $"node{index % 4}", [.. Enumerable.Range(1, 50).Select(position => AClick.Of($"link{position % 7}", position))], Cancellation));

        Assert.Equal(4 * 50, (await TotalAsync()).Clicks);
        Assert.Equal(7, (await TopAsync(ClickDimension.Link)).Count);
    }

    [Fact]
    public async Task What_was_written_is_there_after_a_restart()
    {
        await WriteAsync(AClick.WithEveryField("a", 1), AClick.WithEveryField("b", 2));
        var salt = await Store.ReadSaltAsync(new DateOnly(2026, 3, 1), Cancellation);

        Store = await ReopenAsync();
        await WriteAsync(AClick.WithEveryField("a", 2), AClick.WithEveryField("a", 3), AClick.WithEveryField("c", 4, " of c"));

        Assert.Equal(4, (await TotalAsync()).Clicks);
        Assert.Equal([("a", 2L), ("b", 1L), ("c", 1L)], await TopAsync(ClickDimension.Link));
        Assert.Equal([("city ü🙂", 3L), ("city ü🙂 of c", 1L)], await TopAsync(ClickDimension.City));
        Assert.Equal(salt, await Store.ReadSaltAsync(new DateOnly(2026, 3, 1), Cancellation));
    }

    [Fact]
    public async Task A_salt_is_the_same_for_every_caller_and_another_for_each_day()
    {
        var day = new DateOnly(2026, 3, 1);

        var salts = await AtOnceAsync(16, _ => Store.ReadSaltAsync(day, Cancellation));
        var other = await Store.ReadSaltAsync(day.AddDays(1), Cancellation);

        Assert.All(salts, salt => Assert.Equal(salts[0], salt));
        Assert.Equal(32, salts[0].Length);
        Assert.NotEqual(salts[0], other);
    }

    [Fact]
    public async Task An_erased_link_is_in_no_query_and_totals_are_less_by_it()
    {
        await WriteAsync(
            AClick.WithEveryField("gone", 1), AClick.WithEveryField("gone", 2, " 2") with { IsBot = true, Visitor = null },
            AClick.WithEveryField("stays", 3), AClick.WithEveryField("gone", 4) with { Kind = ClickKind.Ended });

        await Store.EraseAsync(ShortCode.Parse("gone"), To, Cancellation);

        Assert.Equal(default, await TotalAsync("gone"));
        Assert.Equal(new ClickCounts(1, 1, 1), await TotalAsync());
        Assert.Equal(default, await TotalAsync(kind: ClickKind.Ended));
        foreach (var dimension in Enum.GetValues<ClickDimension>()) Assert.Equal(1, Assert.Single(await TopAsync(dimension)).Clicks);
        Assert.Equal([], await TopAsync(ClickDimension.Country, "gone"));
    }

    [Fact]
    public async Task A_link_that_was_folded_is_erased_as_well()
    {
        await WriteAsync(AClick.WithEveryField("gone", 1), AClick.WithEveryField("stays", 2), AClick.WithEveryField("gone", 3) with { At = AClick.At.AddDays(40) });
        await Store.RollUpAsync(AClick.At.AddDays(41), new ClickRetention(AClick.At.AddDays(35), AClick.At.AddDays(30), From), Cancellation);

        await Store.EraseAsync(ShortCode.Parse("gone"), To, Cancellation);

        Assert.Equal(new ClickCounts(1, 1, 1), await TotalAsync());
        Assert.Equal([("stays", 1L)], await TopAsync(ClickDimension.Link));
        Assert.Equal([("country", 1L)], await TopAsync(ClickDimension.Country));
        Assert.Equal([("browser", 1L)], await TopAsync(ClickDimension.Browser, filters: new ClickFilter(ClickDimension.Country, "country")));
        await Store.RollUpAsync(AClick.At.AddDays(50), new ClickRetention(AClick.At.AddDays(45), AClick.At.AddDays(45), From), Cancellation);
        Assert.Equal([("stays", 1L)], await TopAsync(ClickDimension.Link));
        Assert.Equal([("country", 1L)], await TopAsync(ClickDimension.Country));
    }

    [Fact]
    public async Task Visits_after_an_erasure_count()
    {
        await WriteAsync(AClick.Of("a", 1));
        await Store.EraseAsync(ShortCode.Parse("a"), To, Cancellation);

        await WriteAsync(AClick.Of("a", 2));

        Assert.Equal(1, (await TotalAsync("a")).Clicks);
        Assert.Equal([("a", 1L)], await TopAsync(ClickDimension.Link));
    }

    [Fact]
    public async Task Erasing_what_was_never_visited_does_nothing()
    {
        await WriteAsync(AClick.Of("a", 1));

        await Store.EraseAsync(ShortCode.Parse("b"), To, Cancellation);

        Assert.Equal(1, (await TotalAsync()).Clicks);
    }

    [Fact]
    public async Task Visits_from_the_bound_on_stay_in_every_query()
    {
        var minute = AClick.At.AddSeconds(-AClick.At.Second);
        await WriteAsync(
            AClick.WithEveryField("a", 1, " old") with { At = AClick.At.AddMinutes(-1) }, AClick.WithEveryField("a", 2, " old") with { At = AClick.At.AddDays(-1) },
            AClick.WithEveryField("a", 3) with { At = minute }, AClick.WithEveryField("a", 4) with { At = AClick.At.AddMinutes(1) }, AClick.WithEveryField("b", 5));

        for (var pass = 0; pass < 2; pass++)
        {
            await Store.EraseAsync(ShortCode.Parse("a"), AClick.At, Cancellation);

            Assert.Equal(new ClickCounts(2, 2, 2), await TotalAsync("a"));
            Assert.Equal(new ClickCounts(3, 3, 3), await TotalAsync());
            Assert.Equal([("a", 2L), ("b", 1L)], await TopAsync(ClickDimension.Link));
            Assert.Equal([("country", 3L)], await TopAsync(ClickDimension.Country));
            Assert.Equal([("browser", 2L)], await TopAsync(ClickDimension.Browser, "a"));
            Assert.Equal([("browser", 3L)], await TopAsync(ClickDimension.Browser, filters: new ClickFilter(ClickDimension.Country, "country")));
            Assert.Equal(new ClickCounts(2, 2, 2), (await Store.ReadTotalsAsync([ShortCode.Parse("a")], Cancellation))[ShortCode.Parse("a")]);
            await Store.RollUpAsync(AClick.At.AddDays(2), new ClickRetention(AClick.At.AddDays(-5), AClick.At.AddDays(-5), From), Cancellation);
        }
    }

    [Fact]
    public async Task What_was_folded_stays_whole_where_the_bound_falls_into_it()
    {
        await WriteAsync(AClick.Of("a", 1, AClick.At.AddDays(-1)), AClick.Of("a", 2, AClick.At.AddMinutes(-10)), AClick.Of("a", 3, AClick.At.AddMinutes(10)), AClick.Of("b", 4));
        await Store.RollUpAsync(AClick.At.AddDays(41), new ClickRetention(AClick.At.AddDays(35), AClick.At.AddDays(30), From), Cancellation);

        await Store.EraseAsync(ShortCode.Parse("a"), AClick.At, Cancellation);

        Assert.Equal(2, (await TotalAsync("a")).Clicks);
        Assert.Equal([("a", 2L), ("b", 1L)], await TopAsync(ClickDimension.Link));
        Assert.Equal(3, (await TotalAsync()).Clicks);
        await Store.EraseAsync(ShortCode.Parse("a"), AClick.At.AddDays(1), Cancellation);
        Assert.Equal([("b", 1L)], await TopAsync(ClickDimension.Link));
        Assert.Equal(1, (await TotalAsync()).Clicks);
    }

    private async Task WriteAsync(params EnrichedClick[] clicks) => await Store.WriteAsync("node", clicks, Cancellation);

    private static ClickQuery Query(string? code = null, ClickKind kind = ClickKind.Redirected, params ClickFilter[] filters) =>
        new(code is null ? null : ShortCode.Parse(code), From, To, kind) { Filters = filters };

    private async Task<ClickCounts> TotalAsync(string? code = null, ClickKind kind = ClickKind.Redirected, params ClickFilter[] filters) =>
        (await Store.ReadSeriesAsync(Query(code, kind, filters), ClickUnit.Day, Cancellation)).Aggregate(default(ClickCounts), (sum, point) => sum + point.Counts);

    private async Task<IReadOnlyList<(string Value, long Clicks)>> TopAsync(ClickDimension dimension, string? code = null, int limit = 10, params ClickFilter[] filters) =>
        [.. (await Store.ReadTopAsync(Query(code, filters: filters), dimension, limit, Cancellation)).Select(group => (group.Value, group.Counts.Clicks))];
}
