using Terse.Auditing;

namespace Terse.Tests.Contracts;

/// <summary>The clauses of <see cref="IAuditStore"/>, one test each.</summary>
public abstract class AuditStoreContract : ContractSuite
{
    private protected IAuditStore Store { get; private set; } = null!;

    public override async ValueTask InitializeAsync() => Store = await OpenAsync();

    /// <summary>Opens one more node's view on this test's data.</summary>
    private protected abstract ValueTask<IAuditStore> OpenAsync();

    [Fact]
    public async Task An_added_entry_is_listed_with_every_field_by_every_node()
    {
        var full = new AuditEntry(Now, "aB34567890", "link.changed", "link:Ab-1", """{"title":"ü 🙂"}""", """{"title":null}""");
        var bare = new AuditEntry(Now.AddMilliseconds(1), "system", "key.revoked", "key:aB34567890", null, null);
        await Store.AppendAsync([full, bare], Cancellation);

        var other = await OpenAsync();

        Assert.Equal([bare, full], (await other.ListAsync(new AuditQuery(10), Cancellation)).Entries);
    }

    [Fact]
    public async Task Following_next_visits_every_entry_once_while_others_are_added()
    {
        await Store.AppendAsync([.. Enumerable.Range(0, 25).Select(Entry)], Cancellation);

        var seen = new List<AuditEntry>();
        string? cursor = null;
        do
        {
            var page = await Store.ListAsync(new AuditQuery(10, cursor), Cancellation);
            seen.AddRange(page.Entries);
            cursor = page.Next;
            await Store.AppendAsync([Entry(100 + seen.Count)], Cancellation);
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(Entry), seen);
    }

    [Fact]
    public async Task A_last_page_that_is_full_has_no_next()
    {
        await Store.AppendAsync([Entry(1), Entry(2)], Cancellation);

        Assert.Null((await Store.ListAsync(new AuditQuery(2), Cancellation)).Next);
    }

    [Theory]
    [InlineData("link:1", null, null, 4)]
    [InlineData(null, "key1", null, 6)]
    [InlineData(null, null, "link.changed", 6)]
    [InlineData("link:1", "key1", null, 2)]
    [InlineData("link:1", "key1", "link.changed", 2)]
    [InlineData("link:9", null, null, 0)]
    [InlineData("link:", null, null, 0)]
    public async Task Filters_match_exactly_and_together(string? subject, string? actor, string? action, int expected)
    {
        await Store.AppendAsync([.. Enumerable.Range(0, 12).Select(n => new AuditEntry(Now, $"key{n % 2}", n % 2 == 0 ? "link.created" : "link.changed", $"link:{n % 3}", null, null))], Cancellation);

        var page = await Store.ListAsync(new AuditQuery(50, null, subject, actor, action), Cancellation);

        Assert.Equal(expected, page.Entries.Count);
        Assert.All(page.Entries, entry => Assert.True((subject ?? entry.Subject, actor ?? entry.Actor, action ?? entry.Action) == (entry.Subject, entry.Actor, entry.Action)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAA")]
    [InlineData("' OR 1=1 --")]
    public async Task A_cursor_that_is_none_is_refused(string cursor) =>
        await Assert.ThrowsAsync<FormatException>(async () => await Store.ListAsync(new AuditQuery(10, cursor), Cancellation));

    [Fact]
    public async Task Sweeping_removes_the_first_entries_from_before_and_counts_them()
    {
        await Store.AppendAsync([.. Enumerable.Range(0, 5).Select(Entry)], Cancellation);

        Assert.Equal(2, await Store.SweepAsync(Now.AddMinutes(3), 2, Cancellation));
        Assert.Equal(1, await Store.SweepAsync(Now.AddMinutes(3), 10, Cancellation));
        Assert.Equal(0, await Store.SweepAsync(Now.AddMinutes(3), 10, Cancellation));

        Assert.Equal([Entry(4), Entry(3)], (await Store.ListAsync(new AuditQuery(10), Cancellation)).Entries);
    }

    private static AuditEntry Entry(int n) => new(Now.AddMinutes(n), "key", "link.changed", $"link:{n}", $$"""{"n":{{n}}}""", null);
}
