using Terse.Adapters.Sqlite;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Contracts;

namespace Terse.Tests.Adapters.Sqlite;

/// <summary>Whichever of its ways a search takes (a sample of the list, more of the list, the word index), it finds what reading every link finds.</summary>
public sealed class LinkSearchTests : IDisposable
{
    private const int Links = 22_000;
    private readonly SqliteFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_search_finds_what_reading_every_link_finds_whichever_way_it_takes()
    {
        var store = new SqliteLinkStore(_files.Open());
        var links = Enumerable.Range(0, Links).Select(Make).ToArray();
        foreach (var batch in links.Chunk(1_000)) await store.AddManyAsync(batch, TestContext.Current.CancellationToken);
        Array.Reverse(links);

        string[] searches =
        [
            "example", "exam art", "half", "half third", "third seventh", "old", "old example", "old half", "young", "fifty", "fifty example", "hundred", "hundred half",
            "once", "once example", "once half third", "never", "never example", "half otherhalf", "7", "article 77",
        ];
        foreach (var search in searches)
        {
            foreach (var (tag, oldestFirst, owner) in new (string?, bool, string?)[] { (null, false, null), (null, true, null), ("tenth", false, null), (null, false, "few"), (null, true, "many"), ("tenth", false, "many") })
            {
                var words = SearchWords.OfSearch(search);
                var expected = links.Where(link => (owner is null || link.Owner == owner) && (tag is null || link.Tags.Contains(tag)) && words.All(word => SearchWords.OfLink(link).Any(its => its.StartsWith(word, StringComparison.Ordinal)))).Select(link => link.Code);
                if (oldestFirst) expected = expected.Reverse();
                var (found, cursor, pages) = (new List<ShortCode>(), (string?)null, 0);
                do
                {
                    var page = await store.ListAsync(new LinkQuery(40, cursor, search, tag, oldestFirst, owner), TestContext.Current.CancellationToken);
                    found.AddRange(page.Links.Select(link => link.Code));
                    cursor = page.Next;
                }
                while (cursor is not null && ++pages < 4);

                Assert.Equal(expected.Take(cursor is null ? Links : 160), found);
            }
        }
    }

    private static Link Make(int number)
    {
        var words = $"https://www.example.com/articles/{number}/{(number % 2 == 0 ? "half" : "otherhalf")}";
        if (number % 3 == 0) words += "/third";
        if (number % 7 == 0) words += "/seventh";
        if (number % 50 == 0) words += "/fifty";
        if (number % 100 == 1) words += "/hundred";
        if (number < 200) words += "/old";
        if (number > Links - 200) words += "/young";
        if (number == 12) words += "/once";
        return ALink.Of($"c{number}", words) with { Tags = number % 10 == 0 ? ["tenth"] : [], Owner = number % 40 == 7 ? "few" : "many" };
    }
}
