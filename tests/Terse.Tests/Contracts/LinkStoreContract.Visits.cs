using Terse.Codes;
using Terse.Links;

namespace Terse.Tests.Contracts;

/// <summary>The clauses of <see cref="ILinkStore.TakeVisitAsync"/>, one test each.</summary>
public abstract partial class LinkStoreContract
{
    [Fact]
    public async Task Of_visitors_at_once_as_many_are_let_through_as_the_limit_leaves()
    {
        var other = await OpenAsync();
        await AddAsync(ALink.Of("limited") with { MaxVisits = 10, Visits = 3 });

        var results = await AtOnceAsync(64, index => (index % 2 == 0 ? Store : other).TakeVisitAsync(ShortCode.Parse("limited"), Cancellation));

        Assert.Equal(7, results.Count(result => result == VisitResult.Taken));
        Assert.Equal(57, results.Count(result => result == VisitResult.UsedUp));
        Assert.Equal(10, (await FindAsync("limited"))!.Visits);
    }

    [Fact]
    public async Task A_link_without_a_limit_lets_all_through_and_counts_nothing()
    {
        await AddAsync(ALink.Of("open"));

        Assert.Equal(VisitResult.Taken, await Store.TakeVisitAsync(ShortCode.Parse("open"), Cancellation));

        LinkAssert.Same(ALink.Of("open"), await FindAsync("open"));
    }

    [Fact]
    public async Task A_visit_of_no_link_is_missing() =>
        Assert.Equal(VisitResult.Missing, await Store.TakeVisitAsync(ShortCode.Parse("nothing"), Cancellation));

    [Fact]
    public async Task A_visit_is_told_by_the_link_and_leaves_its_version()
    {
        var link = ALink.Of("limited") with { MaxVisits = 2 };
        await AddAsync(link);

        await Store.TakeVisitAsync(link.Code, Cancellation);

        LinkAssert.Same(link with { Visits = 1 }, await FindAsync("limited"));
        LinkAssert.Same(link with { Visits = 1 }, Assert.Single((await Store.ListAsync(new LinkQuery(10), Cancellation)).Links));
    }

    [Fact]
    public async Task Replacing_a_link_leaves_the_visits_taken()
    {
        var link = ALink.Of("limited") with { MaxVisits = 5 };
        await AddAsync(link);
        await Store.TakeVisitAsync(link.Code, Cancellation);
        var changed = link with { Title = "changed", Visits = 0, Version = link.Version + 1 };

        Assert.Equal(ChangeResult.Done, await Store.ReplaceAsync(changed, link.Version, Cancellation));

        LinkAssert.Same(changed with { Visits = 1 }, await FindAsync("limited"));
    }

    [Fact]
    public async Task A_raised_limit_lets_as_many_more_visits_through()
    {
        var link = ALink.Of("limited") with { MaxVisits = 1 };
        await AddAsync(link);
        await Store.TakeVisitAsync(link.Code, Cancellation);
        await Store.ReplaceAsync(link with { MaxVisits = 3, Version = link.Version + 1 }, link.Version, Cancellation);

        var results = new List<VisitResult>();
        for (var i = 0; i < 3; i++) results.Add(await Store.TakeVisitAsync(link.Code, Cancellation));

        Assert.Equal([VisitResult.Taken, VisitResult.Taken, VisitResult.UsedUp], results);
    }

    [Fact]
    public async Task A_limit_below_the_visits_taken_lets_none_through()
    {
        var link = ALink.Of("limited") with { MaxVisits = 5, Visits = 4 };
        await AddAsync(link);
        await Store.ReplaceAsync(link with { MaxVisits = 2, Version = link.Version + 1 }, link.Version, Cancellation);

        Assert.Equal(VisitResult.UsedUp, await Store.TakeVisitAsync(link.Code, Cancellation));
        Assert.Equal(4, (await FindAsync("limited"))!.Visits);
    }
}
