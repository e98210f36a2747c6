using Terse.ApiKeys;

namespace Terse.Tests.Contracts;

/// <summary>The clauses of <see cref="IApiKeyStore"/>, one test each.</summary>
public abstract class ApiKeyStoreContract : ContractSuite
{
    private protected IApiKeyStore Store { get; private set; } = null!;

    public override async ValueTask InitializeAsync() => Store = await OpenAsync();

    /// <summary>Opens one more node's view on this test's data.</summary>
    private protected abstract ValueTask<IApiKeyStore> OpenAsync();

    [Fact]
    public async Task An_added_key_is_found_with_every_field_on_every_node()
    {
        var full = Key("Abc1234567") with { ExpiresAt = Now.AddDays(1), RevokedAt = Now.AddHours(1), Scopes = ApiScopes.Read | ApiScopes.Write };
        var plain = Key("Plain00000");
        Assert.True(await Store.AddAsync(full, Cancellation));
        Assert.True(await Store.AddAsync(plain, Cancellation));

        var other = await OpenAsync();

        AssertSame(full, await other.FindAsync(full.Id, Cancellation));
        AssertSame(plain, await Store.FindAsync(plain.Id, Cancellation));
    }

    [Fact]
    public async Task Adding_a_taken_id_is_refused_and_changes_nothing()
    {
        await Store.AddAsync(Key("Taken00000"), Cancellation);

        Assert.False(await Store.AddAsync(Key("Taken00000") with { Name = "thief", Hash = [9] }, Cancellation));

        AssertSame(Key("Taken00000"), await Store.FindAsync("Taken00000", Cancellation));
    }

    [Fact]
    public async Task An_unknown_id_is_not_found_and_ids_differ_by_case()
    {
        await Store.AddAsync(Key("Case000000"), Cancellation);

        Assert.Null(await Store.FindAsync("Unknown000", Cancellation));
        Assert.Null(await Store.FindAsync("case000000", Cancellation));
        Assert.True(await Store.AddAsync(Key("case000000"), Cancellation));
    }

    [Fact]
    public async Task Of_callers_at_once_on_an_empty_store_exactly_one_adds_the_first_key()
    {
        var other = await OpenAsync();

        var added = await AtOnceAsync(32, index => (index % 2 == 0 ? Store : other).AddFirstAsync(Key($"First{index:00000}"), Cancellation));

        Assert.Single(added, true);
        Assert.Equal($"First{Array.IndexOf(added, true):00000}", Assert.Single(await Store.ListAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task No_first_key_is_added_beside_another_even_a_revoked_one()
    {
        await Store.AddAsync(Key("Old0000000"), Cancellation);
        await Store.RevokeAsync("Old0000000", Now, Cancellation);

        Assert.False(await Store.AddFirstAsync(Key("New0000000"), Cancellation));

        Assert.Null(await Store.FindAsync("New0000000", Cancellation));
    }

    [Fact]
    public async Task Revoked_and_expired_keys_are_found()
    {
        await Store.AddAsync(Key("Expired000") with { ExpiresAt = Now.AddYears(-1) }, Cancellation);
        await Store.AddAsync(Key("Revoked000"), Cancellation);
        await Store.RevokeAsync("Revoked000", Now, Cancellation);

        Assert.NotNull(await Store.FindAsync("Expired000", Cancellation));
        Assert.NotNull(await Store.FindAsync("Revoked000", Cancellation));
    }

    [Fact]
    public async Task The_list_has_all_keys_the_newest_first()
    {
        await Store.AddAsync(Key("Middle0000") with { CreatedAt = Now }, Cancellation);
        await Store.AddAsync(Key("Newest0000") with { CreatedAt = Now.AddHours(1) }, Cancellation);
        await Store.AddAsync(Key("Oldest0000") with { CreatedAt = Now.AddHours(-1) }, Cancellation);
        await Store.RevokeAsync("Middle0000", Now.AddHours(2), Cancellation);

        Assert.Equal(["Newest0000", "Middle0000", "Oldest0000"], (await Store.ListAsync(Cancellation)).Select(key => key.Id));
    }

    [Fact]
    public async Task Revoking_a_key_marks_it_once_and_keeps_the_first_instant()
    {
        await Store.AddAsync(Key("Revoked000"), Cancellation);

        Assert.True(await Store.RevokeAsync("Revoked000", Now, Cancellation));
        Assert.False(await Store.RevokeAsync("Revoked000", Now.AddDays(1), Cancellation));

        AssertSame(Key("Revoked000") with { RevokedAt = Now }, await Store.FindAsync("Revoked000", Cancellation));
    }

    [Fact]
    public async Task Revoking_what_is_not_there_is_refused() => Assert.False(await Store.RevokeAsync("Unknown000", Now, Cancellation));

    [Fact]
    public async Task Of_callers_that_revoke_at_once_exactly_one_does()
    {
        await Store.AddAsync(Key("Revoked000"), Cancellation);

        var revoked = await AtOnceAsync(16, _ => Store.RevokeAsync("Revoked000", Now, Cancellation));

        Assert.Single(revoked, true);
    }

    private static ApiKey Key(string id) => new()
    {
        Id = id,
        Name = $"Key „{id}“",
        Hash = [.. Enumerable.Range(0, 32).Select(n => (byte)(n * 8))],
        Scopes = ApiScopes.Admin,
        CreatedAt = ALink.Created,
    };

    private static void AssertSame(ApiKey expected, ApiKey? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Hash, actual.Hash);
        Assert.Equal(expected with { Hash = [] }, actual with { Hash = [] });
    }
}
