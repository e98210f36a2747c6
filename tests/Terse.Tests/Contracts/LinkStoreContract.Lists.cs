using Terse.Links;

namespace Terse.Tests.Contracts;

/// <summary>The clauses on lists, searches, counts and sweeps.</summary>
public abstract partial class LinkStoreContract
{
    [Fact]
    public async Task A_list_has_the_last_added_first()
    {
        await AddAsync(ALink.Of("first") with { CreatedAt = Now }, ALink.Of("second") with { CreatedAt = Now.AddDays(-1) }, ALink.Of("third"));

        Assert.Equal(["third", "second", "first"], await CodesAsync(new LinkQuery(10)));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("example", null)]
    [InlineData(null, "even")]
    [InlineData("example", "even")]
    public async Task Asked_for_the_oldest_first_the_same_links_come_in_the_reverse_order(string? search, string? tag)
    {
        await Store.AddManyAsync([.. Enumerable.Range(0, 20).Select(n => ALink.Of($"l{n}") with { Tags = n % 2 == 0 ? ["even"] : [] })], Cancellation);

        var newestFirst = (await PagesAsync(new LinkQuery(3, Search: search, Tag: tag))).SelectMany(Codes).ToArray();
        var oldestFirst = (await PagesAsync(new LinkQuery(3, Search: search, Tag: tag, OldestFirst: true))).SelectMany(Codes);

        Assert.NotEmpty(newestFirst);
        Assert.Equal(newestFirst.Reverse(), oldestFirst);
    }

    [Fact]
    public async Task An_empty_store_has_one_empty_last_page()
    {
        var page = await Store.ListAsync(new LinkQuery(10), Cancellation);

        Assert.Empty(page.Links);
        Assert.Null(page.Next);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(9, 3)]
    [InlineData(10, 3)]
    [InlineData(11, 3)]
    [InlineData(1_000, 1_000)]
    public async Task Following_next_visits_every_link_once_and_ends_with_null(int links, int limit)
    {
        await Store.AddManyAsync([.. Enumerable.Range(0, links).Select(n => ALink.Of($"l{n}"))], Cancellation);

        var pages = await PagesAsync(new LinkQuery(limit));

        Assert.Equal(Enumerable.Range(0, links).Reverse().Select(n => $"l{n}"), pages.SelectMany(Codes));
        Assert.All(pages, page => Assert.InRange(page.Links.Count, 1, limit));
        Assert.Equal((links + limit - 1) / limit, pages.Count);
    }

    [Fact]
    public async Task Following_next_visits_what_is_there_throughout_exactly_once_whatever_is_added_or_removed()
    {
        for (var n = 0; n < 30; n++) await AddAsync(ALink.Of($"l{n}"));
        var visited = new List<string>();

        string? cursor = null;
        for (var step = 0; ; step++)
        {
            var page = await Store.ListAsync(new LinkQuery(4, cursor), Cancellation);
            visited.AddRange(Codes(page));
            cursor = page.Next;
            if (cursor is null) break;

            await AddAsync(ALink.Of($"new{step}"));
            await RemoveAsync(visited[^1], null);
            await RemoveAsync($"l{step}", null);
        }

        Assert.Equal(visited.Distinct(), visited);
        var stayed = (await CodesAsync(new LinkQuery(100))).Where(code => code.StartsWith('l'));
        Assert.Empty(stayed.Except(visited));
    }

    [Fact]
    public async Task Cursors_are_made_of_url_safe_characters()
    {
        await AddAsync([.. Enumerable.Range(0, 70).Select(n => ALink.Of($"l{n}"))]);

        var pages = await PagesAsync(new LinkQuery(1));

        Assert.All(pages.SkipLast(1), page => Assert.Matches("^[A-Za-z0-9._~-]+$", page.Next));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("not a cursor")]
    [InlineData("AAAAAAAAAAAA")]
    [InlineData("////////////")]
    [InlineData("'; DROP TABLE links; --")]
    [InlineData("𝔘𝔫𝔦")]
    public async Task A_cursor_of_no_list_throws_a_format_exception(string cursor) =>
        await Assert.ThrowsAsync<FormatException>(async () => await Store.ListAsync(new LinkQuery(10, cursor), Cancellation));

    [Theory]
    [InlineData("sommer", "campaign")]
    [InlineData("SOMMER", "campaign")]
    [InlineData("som", "campaign")]
    [InlineData("angebote som", "campaign")]
    [InlineData("som sale", "campaign")]
    [InlineData("mmer", "")]
    [InlineData("sommer winter", "")]
    [InlineData("campa", "campaign")]
    [InlineData("q3", "campaign")]
    [InlineData("shop.example", "campaign")]
    [InlineData("https://www.shop.example/angebote/sommer", "campaign")]
    [InlineData("www.shop.example", "campaign")]
    [InlineData("größe", "campaign")]
    [InlineData("GRÖSSE", "")]
    [InlineData("ГОРОД", "town")]
    [InlineData("город", "town")]
    [InlineData("straße", "town")]
    [InlineData("other", "town")]
    public async Task A_search_finds_links_that_have_a_word_starting_with_each_of_its_words(string search, string expected)
    {
        await AddAsync(
            ALink.Of("campaign", "https://www.shop.example/angebote/sommer_2026?utm=Größe") with { Title = "Big-SALE", Tags = ["q3"] },
            ALink.Of("town", "https://other.example/stra%C3%9Fe") with { Title = "Город" });

        Assert.Equal(expected, string.Join(' ', await CodesAsync(new LinkQuery(10, Search: search))));
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("\"page\" \"")]
    [InlineData("page*")]
    [InlineData("page AND")]
    [InlineData("page OR nothing")]
    [InlineData("NOT page")]
    [InlineData("NEAR(page, 2)")]
    [InlineData("destination:page")]
    [InlineData("words : page")]
    [InlineData("{a b}: page")]
    [InlineData("^page")]
    [InlineData("page + example")]
    [InlineData("-page")]
    [InlineData("(((")]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData("page%")]
    [InlineData("p_ge")]
    [InlineData("\\")]
    [InlineData("page\0example")]
    [InlineData("'; DROP TABLE links; --")]
    [InlineData("🙂")]
    [InlineData("\ud800 page")]
    public async Task No_search_is_an_error_nor_has_an_operator(string search)
    {
        await AddAsync(ALink.Of("target"), ALink.Of("unlike", "https://unlike.test/"));

        var found = await CodesAsync(new LinkQuery(10, Search: search));

        // Read as plain words, all of these either ask for 'page' and other words, or have no word at all.
        var words = SearchWords.OfSearch(search);
        var expected = words.Count == 0 ? ["unlike", "target"] : words.IsSubsetOf(["page", "example"]) ? new[] { "target" } : [];
        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task A_search_of_a_thousand_words_is_answered()
    {
        await AddAsync(ALink.Of("target"));

        var search = string.Join(' ', Enumerable.Range(0, 1_000).Select(n => $"word{n}"));

        Assert.Empty(await CodesAsync(new LinkQuery(10, Search: search)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("-_-")]
    public async Task A_search_without_a_word_is_no_search(string search)
    {
        await AddAsync(ALink.Of("one"), ALink.Of("two"));

        Assert.Equal(["two", "one"], await CodesAsync(new LinkQuery(10, Search: search)));
    }

    [Fact]
    public async Task A_tag_finds_links_that_have_exactly_this_tag()
    {
        await AddAsync(
            ALink.Of("both") with { Tags = ["blue", "red"] },
            ALink.Of("red") with { Tags = ["red"] },
            ALink.Of("redder") with { Tags = ["redder"] },
            ALink.Of("plain"));

        Assert.Equal(["red", "both"], await CodesAsync(new LinkQuery(10, Tag: "red")));
        Assert.Empty(await CodesAsync(new LinkQuery(10, Tag: "re")));
        Assert.Empty(await CodesAsync(new LinkQuery(10, Tag: "RED")));
    }

    [Fact]
    public async Task Search_and_tag_must_both_match()
    {
        await AddAsync(
            ALink.Of("both", "https://example.com/spring") with { Tags = ["red"] },
            ALink.Of("tag", "https://example.com/autumn") with { Tags = ["red"] },
            ALink.Of("word", "https://example.com/spring") with { Tags = ["blue"] });

        Assert.Equal(["both"], await CodesAsync(new LinkQuery(10, Search: "spri", Tag: "red")));
    }

    [Theory]
    [InlineData("even", null)]
    [InlineData(null, "even")]
    [InlineData("even", "even")]
    public async Task Filtered_lists_are_paged_as_whole_ones_are(string? search, string? tag)
    {
        await AddAsync([.. Enumerable.Range(0, 40).Select(n => ALink.Of($"l{n}") with { Tags = n % 2 == 0 ? ["even"] : ["odd"] })]);

        var pages = await PagesAsync(new LinkQuery(7, Search: search, Tag: tag));

        Assert.Equal(Enumerable.Range(0, 20).Reverse().Select(n => $"l{n * 2}"), pages.SelectMany(Codes));
    }

    [Fact]
    public async Task Searches_and_tags_see_the_new_fields_of_a_replaced_link_and_no_longer_the_old_ones()
    {
        var link = ALink.Of("code", "https://old.example/") with { Title = "ancient", Tags = ["red", "kept"] };
        await AddAsync(link);

        await Store.ReplaceAsync(
            link with { Destination = "https://new.example/", Title = "modern", Tags = ["blue", "kept"], Version = link.Version + 1 }, link.Version, Cancellation);

        foreach (var word in new[] { "new", "modern", "blue", "kept", "code" }) Assert.Equal(["code"], await CodesAsync(new LinkQuery(10, Search: word)));
        foreach (var word in new[] { "old", "ancient", "red" }) Assert.Empty(await CodesAsync(new LinkQuery(10, Search: word)));
        foreach (var tag in new[] { "blue", "kept" }) Assert.Equal(["code"], await CodesAsync(new LinkQuery(10, Tag: tag)));
        Assert.Empty(await CodesAsync(new LinkQuery(10, Tag: "red")));
    }

    [Fact]
    public async Task A_removed_link_is_in_no_list()
    {
        await AddAsync(ALink.Of("gone") with { Tags = ["red"] }, ALink.Of("stays") with { Tags = ["red"] });
        await RemoveAsync("gone", null);

        Assert.Equal(["stays"], await CodesAsync(new LinkQuery(10)));
        Assert.Equal(["stays"], await CodesAsync(new LinkQuery(10, Search: "example")));
        Assert.Equal(["stays"], await CodesAsync(new LinkQuery(10, Tag: "red")));
    }

    [Fact]
    public async Task A_link_made_anew_under_a_removed_code_is_listed_by_its_own_fields()
    {
        await AddAsync(ALink.Of("code", "https://old.example/") with { Tags = ["red"] });
        await RemoveAsync("code", null);
        await AddAsync(ALink.Of("code", "https://new.example/") with { Tags = ["blue"] });

        Assert.Empty(await CodesAsync(new LinkQuery(10, Search: "old")));
        Assert.Empty(await CodesAsync(new LinkQuery(10, Tag: "red")));
        Assert.Equal(["code"], await CodesAsync(new LinkQuery(10, Search: "new", Tag: "blue")));
    }

    [Fact]
    public async Task Replacing_keeps_the_place_in_the_list()
    {
        await AddAsync(ALink.Of("one"), ALink.Of("two"), ALink.Of("three"));

        await Store.ReplaceAsync(ALink.WithEveryField("two"), ALink.Of("two").Version, Cancellation);

        Assert.Equal(["three", "two", "one"], await CodesAsync(new LinkQuery(10)));
    }

    [Fact]
    public async Task The_count_of_a_store_just_opened_is_exact_and_includes_ended_links()
    {
        await AddAsync(ALink.Of("one"), ALink.Of("two"), ALink.EndingAt("three", Now.AddYears(-1)), ALink.EndingAt("four", Now.AddYears(-1)));
        await Store.AddAsync(ALink.Of("one"), Cancellation);
        await RemoveAsync("two", null);
        await Store.SweepAsync(Now, 1, Cancellation);

        var later = await OpenAsync();

        Assert.Equal(2, await later.CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_sweep_removes_the_longest_ended_first_and_returns_their_codes()
    {
        await AddAsync(
            ALink.EndingAt("b", Now.AddHours(-2)) with { Tags = ["red"] },
            ALink.EndingAt("a", Now.AddHours(-3)) with { Tags = ["red"] },
            ALink.EndingAt("c", Now.AddHours(-1)));

        Assert.Equal(["a", "b"], (await Store.SweepAsync(Now, 2, Cancellation)).Select(code => code.Value).Order());

        Assert.Null(await FindAsync("a"));
        Assert.Null(await FindAsync("b"));
        Assert.NotNull(await FindAsync("c"));
        Assert.Empty(await CodesAsync(new LinkQuery(10, Tag: "red")));
    }

    [Fact]
    public async Task Fewer_swept_than_the_limit_means_that_none_are_left()
    {
        await AddAsync([.. Enumerable.Range(0, 25).Select(n => ALink.EndingAt($"l{n}", Now.AddSeconds(-n - 1)))]);

        var swept = 0;
        int last;
        do swept += last = (await Store.SweepAsync(Now, 10, Cancellation)).Count;
        while (last == 10);

        Assert.Equal(25, swept);
        Assert.Empty(await CodesAsync(new LinkQuery(10)));
    }

    [Fact]
    public async Task Links_that_end_at_or_after_the_moment_are_never_swept()
    {
        await AddAsync(ALink.EndingAt("before", Now.AddMilliseconds(-1)), ALink.EndingAt("at", Now), ALink.EndingAt("after", Now.AddMilliseconds(1)));

        Assert.Equal(["before"], (await Store.SweepAsync(Now, 10, Cancellation)).Select(code => code.Value));

        Assert.NotNull(await FindAsync("at"));
        Assert.NotNull(await FindAsync("after"));
    }

    [Fact]
    public async Task A_replaced_link_is_swept_by_its_new_end()
    {
        await AddAsync(ALink.EndingAt("longer", Now.AddSeconds(-1)), ALink.EndingAt("shorter", Now.AddYears(1)));
        await Store.ReplaceAsync(ALink.EndingAt("longer", Now.AddYears(1)), ALink.Of("longer").Version, Cancellation);
        await Store.ReplaceAsync(ALink.EndingAt("shorter", Now.AddSeconds(-1)), ALink.Of("shorter").Version, Cancellation);

        Assert.Equal(["shorter"], (await Store.SweepAsync(Now, 10, Cancellation)).Select(code => code.Value));
    }

    [Fact]
    public async Task Lookalikes_are_the_aliases_of_that_length_that_have_only_letters_and_digits()
    {
        await AddAsync(
            ALink.Alias("Alias07"), ALink.Alias("1234567"), ALink.Alias("short"), ALink.Alias("longer08"), ALink.Alias("with-07"),
            ALink.Alias("with_07"), ALink.Of("genera7"), ALink.EndingAt("ended07", ALink.Created.AddYears(-1)) with { IsAlias = true }, ALink.Alias("remov07"));
        await RemoveAsync("remov07", null);

        Assert.Equal(["1234567", "Alias07", "ended07"], await LookalikesAsync(7));
        Assert.Equal(["short"], await LookalikesAsync(5));
        Assert.Empty(await LookalikesAsync(9));
    }

    [Fact]
    public async Task Thousands_of_lookalikes_are_all_read()
    {
        var links = Enumerable.Range(0, 2_500).Select(n => ALink.Alias($"a{n:000000}")).ToArray();
        foreach (var chunk in links.Chunk(1_000)) await Store.AddManyAsync(chunk, Cancellation);

        Assert.Equal(links.Select(link => link.Code.Value), await LookalikesAsync(7));
    }

    private static IEnumerable<string> Codes(LinkPage page) => page.Links.Select(link => link.Code.Value);

    private async Task<string[]> CodesAsync(LinkQuery query) => [.. Codes(await Store.ListAsync(query, Cancellation))];

    private async Task<string[]> LookalikesAsync(int length)
    {
        var codes = new List<string>();
        await foreach (var code in Store.ReadLookalikesAsync(length, Cancellation)) codes.Add(code.Value);
        return [.. codes.Order(StringComparer.Ordinal)];
    }

    private async Task<List<LinkPage>> PagesAsync(LinkQuery query)
    {
        var pages = new List<LinkPage> { await Store.ListAsync(query, Cancellation) };
        while (pages[^1].Next is { } next) pages.Add(await Store.ListAsync(query with { Cursor = next }, Cancellation));
        return pages;
    }
}
