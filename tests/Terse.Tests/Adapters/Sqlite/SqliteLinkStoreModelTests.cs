using CsCheck;
using Terse.Adapters.Sqlite;
using Terse.Links;
using Terse.Tests.Contracts;

namespace Terse.Tests.Adapters.Sqlite;

/// <summary>Random sequences of operations on few codes, words and tags, against a list in memory that does the same.</summary>
public sealed class SqliteLinkStoreModelTests
{
    private static readonly string[] Words = ["sun", "sunday", "moon", "mo"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Any_sequence_of_operations_gives_what_the_model_gives() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Bool).List[1, 40].Sample(
            steps =>
            {
                using var files = new SqliteFiles();
                RunAsync(new SqliteLinkStore(files.Open()), steps).GetAwaiter().GetResult();
            },
            iter: 60,
            threads: 1);

    private static async Task RunAsync(SqliteLinkStore store, List<(int Kind, int Code, int Word, int Tag, bool Fresh)> steps)
    {
        var model = new List<Link>(); // the last added last
        foreach (var (step, index) in steps.Select((step, index) => (step, index)))
        {
            var link = ALink.Of($"c{step.Code}", $"https://{Words[step.Word]}.example/") with
            {
                Tags = step.Tag == 3 ? [] : [$"t{step.Tag}"],
                Owner = $"o{step.Word % 2}",
                EndsAt = ALink.Created.AddHours(step.Word),
                Version = ALink.Created.ToUnixTimeMilliseconds() + index,
            };
            var at = model.FindIndex(known => known.Code == link.Code);
            var expected = at < 0 || step.Fresh ? link.Version - 1_000 : model[at].Version;
            var outcome = at < 0 ? ChangeResult.Missing : model[at].Version == expected ? ChangeResult.Done : ChangeResult.Stale;
            switch (step.Kind)
            {
                case 0 or 1:
                    Assert.Equal(at < 0 ? AddResult.Added : AddResult.Taken, await store.AddAsync(link, Cancellation));
                    if (at < 0) model.Add(link);
                    break;
                case 2:
                    Assert.Equal(outcome, await store.ReplaceAsync(link, expected, Cancellation));
                    if (outcome == ChangeResult.Done) model[at] = link;
                    break;
                case 3:
                    Assert.Equal(outcome, await store.RemoveAsync(link.Code, expected, Cancellation));
                    if (outcome == ChangeResult.Done) model.RemoveAt(at);
                    break;
                default:
                    var swept = await store.SweepAsync(link.EndsAt, 100, Cancellation);
                    Assert.Equal(model.Where(known => known.EndsAt < link.EndsAt).Select(known => known.Code.Value).Order(), swept.Select(code => code.Value).Order());
                    model.RemoveAll(known => known.EndsAt < link.EndsAt);
                    break;
            }

            await AssertSameAsync(store, model, step.Word, step.Tag);
        }
    }

    private static async Task AssertSameAsync(SqliteLinkStore store, List<Link> model, int word, int tag)
    {
        Assert.Equal(model.Count, await store.CountAsync(Cancellation));
        await AssertListAsync(new LinkQuery(100), _ => true);
        await AssertListAsync(new LinkQuery(100, Search: Words[word]), HasWord);
        await AssertListAsync(new LinkQuery(100, Tag: $"t{tag}"), HasTag);
        await AssertListAsync(new LinkQuery(100, Search: Words[word], Tag: $"t{tag}"), link => HasWord(link) && HasTag(link));
        await AssertListAsync(new LinkQuery(100, Owner: "o1"), HasOwner);
        await AssertListAsync(new LinkQuery(100, Search: Words[word], Tag: $"t{tag}", Owner: "o1"), link => HasWord(link) && HasTag(link) && HasOwner(link));

        bool HasOwner(Link link) => link.Owner == "o1";

        bool HasWord(Link link) => link.Destination.StartsWith($"https://{Words[word]}", StringComparison.Ordinal);

        bool HasTag(Link link) => link.Tags.Contains($"t{tag}");

        async Task AssertListAsync(LinkQuery query, Func<Link, bool> matches)
        {
            var found = (await store.ListAsync(query, Cancellation)).Links;
            Link[] wanted = [.. model.Where(matches).Reverse()];
            Assert.Equal(wanted.Length, found.Count);
            foreach (var (expected, actual) in wanted.Zip(found)) LinkAssert.Same(expected, actual);
        }
    }
}
