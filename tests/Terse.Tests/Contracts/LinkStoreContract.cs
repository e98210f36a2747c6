using Terse.Codes;
using Terse.Links;

namespace Terse.Tests.Contracts;

/// <summary>The clauses of <see cref="ILinkStore"/> on single links, one test each.</summary>
public abstract partial class LinkStoreContract : ContractSuite
{
    private protected ILinkStore Store { get; private set; } = null!;

    public override async ValueTask InitializeAsync() => Store = await OpenAsync();

    /// <summary>Whether the engine has an index for links that ended.</summary>
    private protected virtual bool ListsEnded => true;

    /// <summary>Opens one more node's view on this test's data.</summary>
    private protected abstract ValueTask<ILinkStore> OpenAsync();

    [Fact]
    public async Task Of_callers_that_add_one_code_at_once_exactly_one_adds_it()
    {
        var other = await OpenAsync();

        var results = await AtOnceAsync(64, index => (index % 2 == 0 ? Store : other)
            .AddAsync(ALink.Of("contested", $"https://example.com/{index}"), Cancellation));

        var winner = Assert.Single(results.Index(), result => result.Item == AddResult.Added).Index;
        Assert.Equal($"https://example.com/{winner}", (await FindAsync("contested"))!.Destination);
        Assert.Equal(63, results.Count(result => result == AddResult.Taken));
    }

    [Fact]
    public async Task A_taken_code_is_left_as_it_was()
    {
        var first = ALink.WithEveryField("taken");
        await AddAsync(first);

        Assert.Equal(AddResult.Taken, await Store.AddAsync(ALink.Of("taken", "https://other.example/"), Cancellation));

        LinkAssert.Same(first, await FindAsync("taken"));
        Assert.Empty((await Store.ListAsync(new LinkQuery(10, Search: "other"), Cancellation)).Links);
    }

    [Fact]
    public async Task A_code_stays_taken_after_its_link_ended()
    {
        await AddAsync(ALink.EndingAt("ended", ALink.Created.AddSeconds(-1)));

        Assert.Equal(AddResult.Taken, await Store.AddAsync(ALink.Of("ended"), Cancellation));
    }

    [Fact]
    public async Task A_code_is_free_again_after_its_link_was_removed()
    {
        await AddAsync(ALink.Of("again", "https://old.example/"));
        await Store.RemoveAsync(ShortCode.Parse("again"), null, Cancellation);

        await AddAsync(ALink.Of("again", "https://new.example/"));

        Assert.Equal("https://new.example/", (await FindAsync("again"))!.Destination);
    }

    [Fact]
    public async Task A_code_is_free_again_after_its_link_was_swept()
    {
        await AddAsync(ALink.EndingAt("again", Now.AddSeconds(-1)));
        await Store.SweepAsync(Now, 10, Cancellation);

        await AddAsync(ALink.Of("again"));

        Assert.NotNull(await FindAsync("again"));
    }

    [Fact]
    public async Task An_added_link_is_found_with_every_field_as_given()
    {
        var full = ALink.WithEveryField("Full-Code_1");
        var plain = ALink.Of("plain");
        await AddAsync(full, plain);

        LinkAssert.Same(full, await FindAsync("Full-Code_1"));
        LinkAssert.Same(plain, await FindAsync("plain"));
    }

    [Fact]
    public async Task An_empty_title_is_not_no_title()
    {
        await AddAsync(ALink.Of("empty") with { Title = "" }, ALink.Of("none"));

        Assert.Equal("", (await FindAsync("empty"))!.Title);
        Assert.Null((await FindAsync("none"))!.Title);
    }

    [Fact]
    public async Task A_destination_of_eight_kilobytes_and_a_code_of_64_characters_are_kept()
    {
        var code = new string('x', ShortCode.MaxLength);
        var destination = "https://example.com/" + string.Concat(Enumerable.Range(0, 1_000).Select(n => $"part{n:0000}"));
        await AddAsync(ALink.Of(code, destination));

        Assert.Equal(destination, (await FindAsync(code))!.Destination);
    }

    [Fact]
    public async Task Many_links_get_one_result_each_in_their_order_and_a_taken_code_fails_its_own_only()
    {
        await AddAsync(ALink.Of("b"));

        var results = await Store.AddManyAsync([ALink.Of("a"), ALink.Of("b"), ALink.Of("c")], Cancellation);

        Assert.Equal([AddResult.Added, AddResult.Taken, AddResult.Added], results);
        Assert.NotNull(await FindAsync("a"));
        Assert.NotNull(await FindAsync("c"));
    }

    [Fact]
    public async Task Of_two_links_with_one_code_in_one_call_the_first_is_added()
    {
        var results = await Store.AddManyAsync(
            [ALink.Of("twin", "https://first.example/"), ALink.Of("twin", "https://second.example/")], Cancellation);

        Assert.Equal([AddResult.Added, AddResult.Taken], results);
        Assert.Equal("https://first.example/", (await FindAsync("twin"))!.Destination);
    }

    [Fact]
    public async Task A_thousand_links_are_added_in_one_call_and_none_in_an_empty_one()
    {
        Assert.Empty(await Store.AddManyAsync([], Cancellation));

        var results = await Store.AddManyAsync([.. Enumerable.Range(0, 1_000).Select(n => ALink.Of($"bulk{n}"))], Cancellation);

        Assert.Equal(1_000, results.Count(result => result == AddResult.Added));
        Assert.NotNull(await FindAsync("bulk999"));
    }

    [Fact]
    public async Task An_unknown_code_is_not_found() => Assert.Null(await FindAsync("unknown"));

    [Fact]
    public async Task Codes_differ_by_case()
    {
        await AddAsync(ALink.Of("Case", "https://upper.example/"), ALink.Of("case", "https://lower.example/"));

        Assert.Equal("https://upper.example/", (await FindAsync("Case"))!.Destination);
        Assert.Equal("https://lower.example/", (await FindAsync("case"))!.Destination);
        Assert.Null(await FindAsync("CASE"));
    }

    [Fact]
    public async Task An_ended_link_is_found()
    {
        await AddAsync(ALink.EndingAt("ended", ALink.Created.AddYears(-1)));

        Assert.NotNull(await FindAsync("ended"));
    }

    [Fact]
    public async Task A_link_whose_addition_was_reported_is_found_at_once_on_every_node()
    {
        var other = await OpenAsync();

        for (var n = 0; n < 50; n++)
        {
            await AddAsync(ALink.Of($"link{n}"));
            Assert.NotNull(await other.FindAsync(ShortCode.Parse($"link{n}"), Cancellation));
        }
    }

    [Fact]
    public async Task A_link_whose_addition_was_reported_is_found_nearby_at_once_on_every_node()
    {
        var other = await OpenAsync();

        for (var n = 0; n < 20; n++)
        {
            await AddAsync(ALink.Of($"link{n}"));
            LinkAssert.Same(ALink.Of($"link{n}"), await other.FindNearbyAsync(ShortCode.Parse($"link{n}"), 0, Cancellation));
        }

        Assert.Null(await other.FindNearbyAsync(ShortCode.Parse("unknown"), 0, Cancellation));
    }

    [Fact]
    public async Task What_is_found_nearby_is_no_older_than_the_change_that_the_caller_has_heard_of()
    {
        var other = await OpenAsync();
        var link = ALink.Of("code");
        await AddAsync(link);
        for (var n = 0; n < 20; n++)
        {
            var next = link with { Version = link.Version + 1 };
            await Store.ReplaceAsync(next, link.Version, Cancellation);
            link = next;
            Assert.Equal(link.Version, (await other.FindNearbyAsync(link.Code, link.Version, Cancellation))!.Version);
        }
    }

    [Fact]
    public async Task Replacing_changes_every_field_and_no_other_link()
    {
        await AddAsync(ALink.Of("one"), ALink.Of("two"));
        var changed = ALink.WithEveryField("one") with { Visits = 0 };

        Assert.Equal(ChangeResult.Done, await Store.ReplaceAsync(changed, ALink.Of("one").Version, Cancellation));

        LinkAssert.Same(changed, await FindAsync("one"));
        LinkAssert.Same(ALink.Of("two"), await FindAsync("two"));
    }

    [Fact]
    public async Task Of_callers_with_the_same_expected_version_exactly_one_replaces()
    {
        var link = ALink.Of("contested");
        await AddAsync(link);

        var results = await AtOnceAsync(32, index => Store.ReplaceAsync(
            link with { Destination = $"https://example.com/{index}", Version = link.Version + 1 + index }, link.Version, Cancellation));

        var winner = Assert.Single(results.Index(), result => result.Item == ChangeResult.Done).Index;
        Assert.Equal($"https://example.com/{winner}", (await FindAsync("contested"))!.Destination);
        Assert.Equal(31, results.Count(result => result == ChangeResult.Stale));
    }

    [Fact]
    public async Task Replacing_another_version_is_stale_and_changes_nothing()
    {
        var link = ALink.Of("code");
        await AddAsync(link);

        Assert.Equal(ChangeResult.Stale, await Store.ReplaceAsync(ALink.WithEveryField("code"), link.Version - 1, Cancellation));

        LinkAssert.Same(link, await FindAsync("code"));
    }

    [Fact]
    public async Task Replacing_what_is_not_there_is_missing_and_adds_nothing()
    {
        Assert.Equal(ChangeResult.Missing, await Store.ReplaceAsync(ALink.Of("nothing"), ALink.Of("nothing").Version, Cancellation));

        Assert.Null(await FindAsync("nothing"));
    }

    [Fact]
    public async Task Removing_the_expected_version_removes()
    {
        var link = ALink.Of("code");
        await AddAsync(link);

        Assert.Equal(ChangeResult.Done, await RemoveAsync("code", link.Version));

        Assert.Null(await FindAsync("code"));
    }

    [Fact]
    public async Task Removing_whatever_version_removes()
    {
        await AddAsync(ALink.Of("code"));

        Assert.Equal(ChangeResult.Done, await RemoveAsync("code", null));

        Assert.Null(await FindAsync("code"));
    }

    [Fact]
    public async Task Removing_another_version_is_stale_and_removes_nothing()
    {
        var link = ALink.Of("code");
        await AddAsync(link);

        Assert.Equal(ChangeResult.Stale, await RemoveAsync("code", link.Version + 1));

        Assert.NotNull(await FindAsync("code"));
    }

    [Fact]
    public async Task Removing_what_is_not_there_is_missing()
    {
        Assert.Equal(ChangeResult.Missing, await RemoveAsync("nothing", null));
        Assert.Equal(ChangeResult.Missing, await RemoveAsync("nothing", 1));
    }

    [Fact]
    public async Task Of_callers_that_remove_one_link_at_once_exactly_one_removes_it()
    {
        await AddAsync(ALink.Of("code"));

        var results = await AtOnceAsync(16, _ => Store.RemoveAsync(ShortCode.Parse("code"), null, Cancellation));

        Assert.Single(results, ChangeResult.Done);
        Assert.Equal(15, results.Count(result => result == ChangeResult.Missing));
    }

    [Fact]
    public async Task What_was_reported_done_is_there_for_a_node_that_starts_later()
    {
        await AddAsync(ALink.Of("kept"), ALink.Of("removed"), ALink.Of("changed"));
        await RemoveAsync("removed", null);
        await Store.ReplaceAsync(ALink.WithEveryField("changed"), ALink.Of("changed").Version, Cancellation);

        var later = await OpenAsync();

        LinkAssert.Same(ALink.Of("kept"), await later.FindAsync(ShortCode.Parse("kept"), Cancellation));
        Assert.Null(await later.FindAsync(ShortCode.Parse("removed"), Cancellation));
        LinkAssert.Same(ALink.WithEveryField("changed") with { Visits = 0 }, await later.FindAsync(ShortCode.Parse("changed"), Cancellation));
    }

    private ValueTask<Link?> FindAsync(string code) => Store.FindAsync(ShortCode.Parse(code), Cancellation);

    private ValueTask<ChangeResult> RemoveAsync(string code, long? expectedVersion) =>
        Store.RemoveAsync(ShortCode.Parse(code), expectedVersion, Cancellation);

    private async Task AddAsync(params Link[] links)
    {
        foreach (var link in links) Assert.Equal(AddResult.Added, await Store.AddAsync(link, Cancellation));
    }
}
