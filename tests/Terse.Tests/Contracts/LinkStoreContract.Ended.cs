using Terse.Links;

namespace Terse.Tests.Contracts;

/// <summary>The clauses on lists of links that redirect no more.</summary>
public abstract partial class LinkStoreContract
{
    [Theory]
    [InlineData(nameof(EndReason.TakenDown), "t3 t2 t1")]
    [InlineData(nameof(EndReason.Disabled), "d3 d2 d1")]
    [InlineData(nameof(EndReason.Expired), "e3 e1 e2")]
    public async Task Links_that_ended_are_listed_under_their_first_reason_page_by_page(string reason, string codes)
    {
        var (later, now) = (ALink.Created.AddDays(2), ALink.Created.AddDays(3));
        await AddAsync(
            ALink.EndingAt("e1", later), ALink.Of("d1") with { Disabled = true }, ALink.Of("t1") with { TakenDown = TakedownReason.Blocklist, Disabled = true }, ALink.Of("on"),
            ALink.EndingAt("e2", ALink.Created.AddDays(1)), ALink.EndingAt("d2", later) with { Disabled = true }, ALink.EndingAt("t2", later) with { TakenDown = TakedownReason.Blocklist },
            ALink.EndingAt("e3", now), ALink.EndingAt("soon", now.AddMilliseconds(1)), ALink.Of("d3") with { Disabled = true }, ALink.Of("t3") with { TakenDown = TakedownReason.Blocklist });
        var query = new EndedQuery(Enum.Parse<EndReason>(reason), now, 2);

        if (!ListsEnded)
        {
            Assert.Null(await Store.ListEndedAsync(query, Cancellation));
            return;
        }

        var expected = codes.Split(' ');
        Assert.Equal(expected, await EndedAsync(query));
        Assert.Equal(expected.Reverse(), await EndedAsync(query with { OldestFirst = true }));
        await Assert.ThrowsAsync<FormatException>(async () => await Store.ListEndedAsync(query with { Cursor = "made-up" }, Cancellation));

        async Task<string[]> EndedAsync(EndedQuery query)
        {
            var first = (await Store.ListEndedAsync(query, Cancellation))!;
            Assert.Equal(2, first.Links.Count);
            var second = (await Store.ListEndedAsync(query with { Cursor = first.Next }, Cancellation))!;
            Assert.Null(second.Next);
            return [.. Codes(first), .. Codes(second)];
        }
    }
}
