using Terse.Links;

namespace Terse.Tests.Contracts;

/// <summary>The clauses on lists of one owner's links.</summary>
public abstract partial class LinkStoreContract
{
    [Fact]
    public async Task An_owner_finds_the_links_of_exactly_this_owner()
    {
        await AddAsync(
            ALink.Of("one") with { Owner = "mine" }, ALink.Of("theirs") with { Owner = "min" }, ALink.Of("other") with { Owner = "MINE" },
            ALink.Of("two") with { Owner = "mine" }, ALink.Of("longer") with { Owner = "mine2" });

        Assert.Equal(["two", "one"], await CodesAsync(new LinkQuery(10, Owner: "mine")));
        Assert.Equal(["one", "two"], await CodesAsync(new LinkQuery(10, Owner: "mine", OldestFirst: true)));
        Assert.Empty(await CodesAsync(new LinkQuery(10, Owner: "nobody")));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("even", null)]
    [InlineData(null, "even")]
    [InlineData("even", "even")]
    [InlineData("ev", null)]
    public async Task An_owners_list_is_full_pages_of_own_links_with_search_and_tag_too(string? search, string? tag)
    {
        var links = Enumerable.Range(0, 90).Select(n => ALink.Of($"l{n}") with { Owner = n % 3 == 0 ? "mine" : $"other{n % 3}", Tags = n % 2 == 0 ? ["even"] : ["odd"] }).ToArray();
        await AddAsync(links);
        string[] expected = [.. links.Where(link => link.Owner == "mine" && ((search ?? tag) is null || link.Tags.Contains("even"))).Select(link => link.Code.Value)];

        foreach (var oldestFirst in new[] { false, true })
        {
            var pages = await PagesAsync(new LinkQuery(7, Search: search, Tag: tag, OldestFirst: oldestFirst, Owner: "mine"));

            Assert.Equal(oldestFirst ? expected : expected.Reverse(), pages.SelectMany(Codes));
            Assert.All(pages.SkipLast(1), page => Assert.Equal(7, page.Links.Count));
        }
    }

    [Fact]
    public async Task A_replaced_or_removed_link_leaves_the_list_of_its_old_owner()
    {
        var link = ALink.Of("handed") with { Owner = "old" };
        await AddAsync(link, ALink.Of("removed") with { Owner = "old" }, ALink.Of("stays") with { Owner = "old" });

        await Store.ReplaceAsync(link with { Owner = "new", Version = link.Version + 1 }, link.Version, Cancellation);
        await RemoveAsync("removed", null);

        Assert.Equal(["stays"], await CodesAsync(new LinkQuery(10, Owner: "old")));
        Assert.Equal(["handed"], await CodesAsync(new LinkQuery(10, Owner: "new")));
    }
}
