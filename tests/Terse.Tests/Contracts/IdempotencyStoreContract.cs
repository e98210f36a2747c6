using Terse.Links;

namespace Terse.Tests.Contracts;

/// <summary>The clauses of <see cref="IIdempotencyStore"/>, one test each.</summary>
public abstract class IdempotencyStoreContract : ContractSuite
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>Ahead of every real clock: an engine that removes forgotten claims by itself, as DynamoDB does, goes by its own.</summary>
    protected static new readonly DateTimeOffset Now = ContractSuite.Now.AddYears(50);

    private protected IIdempotencyStore Store { get; private set; } = null!;

    public override async ValueTask InitializeAsync() => Store = await OpenAsync();

    /// <summary>Opens one more node's view on this test's data.</summary>
    private protected abstract ValueTask<IIdempotencyStore> OpenAsync();

    [Fact]
    public async Task A_new_key_is_claimed_by_its_caller()
    {
        var claim = Claim("key", "code");

        var result = await Store.ClaimAsync(claim, Now, Cancellation);

        AssertResult(ClaimState.Claimed, claim, result);
    }

    [Fact]
    public async Task Of_callers_at_once_exactly_one_claims()
    {
        var other = await OpenAsync();

        var results = await AtOnceAsync(64, index => (index % 2 == 0 ? Store : other).ClaimAsync(Claim("key", $"code{index}"), Now, Cancellation));

        var winner = Assert.Single(results, result => result.State == ClaimState.Claimed);
        Assert.All(results, result => Assert.Equal(winner.Claim.Link.Code, result.Claim.Link.Code));
        Assert.Equal(63, results.Count(result => result.State == ClaimState.InFlight));
    }

    [Fact]
    public async Task A_completed_key_returns_the_completed_claim()
    {
        var claim = Claim("key", "code");
        await Store.ClaimAsync(claim, Now, Cancellation);
        await Store.CompleteAsync(claim, Cancellation);

        var again = await Store.ClaimAsync(Claim("key", "other"), Now.AddSeconds(1), Cancellation);
        var otherHash = await Store.ClaimAsync(Claim("key", "other", "other hash"), Now.AddHours(1), Cancellation);

        AssertResult(ClaimState.Completed, claim, again);
        AssertResult(ClaimState.Completed, claim, otherHash);
    }

    [Fact]
    public async Task A_claimed_key_is_in_flight_until_its_lease_runs_out()
    {
        var claim = Claim("key", "code");
        await Store.ClaimAsync(claim, Now, Cancellation);

        var again = await Store.ClaimAsync(Claim("key", "other"), Now + Lease - TimeSpan.FromMilliseconds(1), Cancellation);
        var otherHash = await Store.ClaimAsync(Claim("key", "other", "other hash"), Now, Cancellation);

        AssertResult(ClaimState.InFlight, claim, again);
        AssertResult(ClaimState.InFlight, claim, otherHash);
    }

    [Fact]
    public async Task A_key_whose_lease_ran_out_is_taken_over_with_the_stored_link_and_the_callers_lease()
    {
        var claim = Claim("key", "code");
        await Store.ClaimAsync(claim, Now, Cancellation);
        var later = Now + Lease;
        var mine = Claim("key", "other") with { LeasedUntil = later + Lease };

        var result = await Store.ClaimAsync(mine, later, Cancellation);

        AssertResult(ClaimState.TakenOver, claim with { LeasedUntil = later + Lease }, result);
        var next = await Store.ClaimAsync(mine, later + Lease - TimeSpan.FromMilliseconds(1), Cancellation);
        AssertResult(ClaimState.InFlight, claim with { LeasedUntil = later + Lease }, next);
    }

    [Fact]
    public async Task Exactly_one_of_many_takes_over()
    {
        await Store.ClaimAsync(Claim("key", "code"), Now, Cancellation);
        var later = Now + Lease;

        var results = await AtOnceAsync(32, index =>
            Store.ClaimAsync(Claim("key", $"code{index}") with { LeasedUntil = later + Lease }, later, Cancellation));

        Assert.Single(results, result => result.State == ClaimState.TakenOver);
        Assert.Equal(31, results.Count(result => result.State == ClaimState.InFlight));
    }

    [Fact]
    public async Task A_key_whose_lease_ran_out_is_not_taken_over_with_another_hash()
    {
        var claim = Claim("key", "code");
        await Store.ClaimAsync(claim, Now, Cancellation);

        var result = await Store.ClaimAsync(Claim("key", "other", "other hash"), Now.AddHours(1), Cancellation);

        AssertResult(ClaimState.InFlight, claim, result);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_past_its_replay_window_is_as_if_it_had_never_been(bool completed)
    {
        var claim = Claim("key", "code");
        await Store.ClaimAsync(claim, Now, Cancellation);
        if (completed) await Store.CompleteAsync(claim, Cancellation);

        var mine = Claim("key", "other", "other hash") with { LeasedUntil = claim.ForgetAt + Lease, ForgetAt = claim.ForgetAt.AddDays(1) };
        var result = await Store.ClaimAsync(mine, claim.ForgetAt, Cancellation);

        AssertResult(ClaimState.Claimed, mine, result);
        AssertResult(ClaimState.InFlight, mine, await Store.ClaimAsync(Claim("key", "third"), claim.ForgetAt, Cancellation));
    }

    [Fact]
    public async Task A_claim_keeps_every_field_of_its_link()
    {
        var claim = Claim("key", "code") with { Link = ALink.WithEveryField("full") };
        await Store.ClaimAsync(claim, Now, Cancellation);

        AssertResult(ClaimState.InFlight, claim, await Store.ClaimAsync(Claim("key", "other"), Now, Cancellation));
    }

    [Fact]
    public async Task Keys_differ_by_case_and_may_have_128_characters()
    {
        var key = new string('k', 128);
        await Store.ClaimAsync(Claim(key, "lower"), Now, Cancellation);

        Assert.Equal(ClaimState.Claimed, (await Store.ClaimAsync(Claim(key.ToUpperInvariant(), "upper"), Now, Cancellation)).State);
    }

    [Fact]
    public async Task Completing_a_key_that_is_not_claimed_does_nothing()
    {
        await Store.CompleteAsync(Claim("key", "code"), Cancellation);

        Assert.Equal(ClaimState.Claimed, (await Store.ClaimAsync(Claim("key", "other"), Now, Cancellation)).State);
    }

    [Fact]
    public async Task A_released_key_is_free_again()
    {
        var claim = Claim("key", "code");
        await Store.ClaimAsync(claim, Now, Cancellation);
        await Store.ReleaseAsync(claim, Cancellation);

        var mine = Claim("key", "other", "other hash");
        AssertResult(ClaimState.Claimed, mine, await Store.ClaimAsync(mine, Now, Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_lost_a_claim_to_another_can_neither_complete_nor_release_it(bool completes)
    {
        var slow = Claim("key", "code");
        await Store.ClaimAsync(slow, Now, Cancellation);
        var later = slow.LeasedUntil.AddSeconds(1);
        var (state, taken) = await Store.ClaimAsync(slow with { LeasedUntil = later.AddSeconds(10) }, later, Cancellation);
        Assert.Equal(ClaimState.TakenOver, state);

        if (completes) await Store.CompleteAsync(slow, Cancellation);
        else await Store.ReleaseAsync(slow, Cancellation);

        Assert.Equal(ClaimState.InFlight, (await Store.ClaimAsync(slow, later, Cancellation)).State);
        await Store.CompleteAsync(taken, Cancellation);
        Assert.Equal(ClaimState.Completed, (await Store.ClaimAsync(slow, later, Cancellation)).State);
    }

    [Fact]
    public async Task A_completed_claim_is_not_released()
    {
        var claim = Claim("key", "code");
        await Store.ClaimAsync(claim, Now, Cancellation);
        await Store.CompleteAsync(claim, Cancellation);
        await Store.ReleaseAsync(claim, Cancellation);

        Assert.Equal(ClaimState.Completed, (await Store.ClaimAsync(claim, Now, Cancellation)).State);
    }

    [Fact]
    public async Task Releasing_what_is_not_there_does_nothing()
    {
        await Store.ClaimAsync(Claim("key", "code"), Now, Cancellation);

        await Store.ReleaseAsync(Claim("another", "code"), Cancellation);

        Assert.Equal(ClaimState.InFlight, (await Store.ClaimAsync(Claim("key", "other"), Now, Cancellation)).State);
    }

    [Fact]
    public async Task A_sweep_removes_claims_past_their_replay_window_up_to_its_limit()
    {
        for (var n = 0; n < 5; n++) await Store.ClaimAsync(Claim($"old{n}", "code") with { ForgetAt = Now.AddHours(1) }, Now, Cancellation);
        var kept = Claim("kept", "code") with { ForgetAt = Now.AddHours(1).AddMilliseconds(1), LeasedUntil = Now.AddHours(2) };
        await Store.ClaimAsync(kept, Now, Cancellation);
        var later = Now.AddHours(1);

        Assert.Equal(3, await Store.SweepAsync(later, 3, Cancellation));
        Assert.Equal(2, await Store.SweepAsync(later, 3, Cancellation));
        Assert.Equal(0, await Store.SweepAsync(later, 3, Cancellation));

        AssertResult(ClaimState.InFlight, kept, await Store.ClaimAsync(Claim("kept", "other"), later, Cancellation));
    }

    private static IdempotencyClaim Claim(string key, string code, string hash = "hash") =>
        new(key, hash, ALink.Of(code), Now + Lease, Now.AddHours(24));

    private static void AssertResult(ClaimState state, IdempotencyClaim claim, ClaimResult result)
    {
        Assert.Equal(state, result.State);
        LinkAssert.Same(claim.Link, result.Claim.Link);
        Assert.Equal(claim with { Link = result.Claim.Link }, result.Claim);
    }
}
