using Terse.Codes;

namespace Terse.Tests.Contracts;

/// <summary>The clauses of <see cref="ICodeRangeStore"/>, one test each.</summary>
public abstract class CodeRangeStoreContract : ContractSuite
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private protected ICodeRangeStore Store { get; private set; } = null!;

    public override async ValueTask InitializeAsync() => Store = await OpenAsync();

    /// <summary>Opens one more node's view on this test's data.</summary>
    private protected abstract ValueTask<ICodeRangeStore> OpenAsync();

    [Fact]
    public async Task The_first_candidate_becomes_the_key_of_every_later_caller_in_any_process()
    {
        Assert.Equal(Key(1), await Store.GetOrAddKeyAsync(Key(1), Cancellation));
        Assert.Equal(Key(1), await Store.GetOrAddKeyAsync(Key(2), Cancellation));
        Assert.Equal(Key(1), await (await OpenAsync()).GetOrAddKeyAsync(Key(3), Cancellation));
    }

    [Fact]
    public async Task Callers_at_the_same_moment_all_get_one_key()
    {
        var other = await OpenAsync();

        var keys = await AtOnceAsync(32, index => (index % 2 == 0 ? Store : other).GetOrAddKeyAsync(Key((byte)index), Cancellation));

        Assert.Single(keys.Select(Convert.ToHexString).Distinct());
    }

    [Fact]
    public async Task The_first_range_starts_at_0_and_ranges_are_dense()
    {
        Assert.Equal(new CodeRange(0, 1), await Store.LeaseRangeAsync(1, Cancellation));
        Assert.Equal(new CodeRange(1, 4_097), await Store.LeaseRangeAsync(4_096, Cancellation));
        Assert.Equal(new CodeRange(4_097, 4_107), await Store.LeaseRangeAsync(10, Cancellation));
    }

    [Fact]
    public async Task Ranges_of_many_callers_at_once_never_overlap()
    {
        var other = await OpenAsync();

        var ranges = await AtOnceAsync(64, index => (index % 2 == 0 ? Store : other).LeaseRangeAsync(index + 1, Cancellation));

        var end = 0L;
        foreach (var range in ranges.OrderBy(range => range.Start))
        {
            Assert.Equal(end, range.Start);
            end = range.End;
        }

        Assert.Equal(Enumerable.Range(1, 64).Sum(), end);
    }

    [Fact]
    public async Task A_leased_range_is_not_leased_again_by_a_node_that_starts_later()
    {
        var range = await Store.LeaseRangeAsync(100, Cancellation);

        var later = await (await OpenAsync()).LeaseRangeAsync(100, Cancellation);

        Assert.Equal(range.End, later.Start);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_range_of_no_ids_is_refused(int size) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.LeaseRangeAsync(size, Cancellation));

    [Fact]
    public async Task The_high_water_is_the_first_id_that_no_range_covers()
    {
        Assert.Equal(0, await Store.GetHighWaterAsync(Cancellation));

        await Store.LeaseRangeAsync(1_000, Cancellation);
        Assert.Equal(1_000, await Store.GetHighWaterAsync(Cancellation));

        await (await OpenAsync()).LeaseRangeAsync(1, Cancellation);
        Assert.Equal(1_001, await Store.GetHighWaterAsync(Cancellation));
    }

    [Fact]
    public async Task Raising_the_high_water_moves_later_ranges_and_never_lowers_it()
    {
        await Store.RaiseHighWaterAsync(5_000_000_000, Cancellation);
        await Store.RaiseHighWaterAsync(10, Cancellation);

        Assert.Equal(5_000_000_000, await Store.GetHighWaterAsync(Cancellation));
        Assert.Equal(new CodeRange(5_000_000_000, 5_000_000_010), await Store.LeaseRangeAsync(10, Cancellation));
    }

    [Fact]
    public async Task A_machine_lease_names_its_holder_and_its_times()
    {
        var lease = await LeaseAsync("a", Now);

        Assert.InRange(lease.MachineId, 0, MachineLease.MaxMachineId);
        Assert.Equal("a", lease.Holder);
        Assert.Equal(Now + Minute, lease.ExpiresAt);
        Assert.True(lease.NotBefore <= Now);
    }

    [Fact]
    public async Task No_two_holders_have_one_machine_id_at_one_time_and_null_when_all_are_held()
    {
        var other = await OpenAsync();

        var leases = await AtOnceAsync(1_100, index => (index % 2 == 0 ? Store : other).LeaseMachineAsync($"holder{index}", Now, Minute, Cancellation));

        var given = leases.OfType<MachineLease>().ToArray();
        Assert.Equal(Enumerable.Range(0, 1_024), given.Select(lease => lease.MachineId).Order());
        Assert.Equal(76, leases.Count(lease => lease is null));
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_given_again_and_not_before_its_end()
    {
        await TakeAllAsync();
        Assert.Null(await Store.LeaseMachineAsync("early", Now + Minute - TimeSpan.FromMilliseconds(1), Minute, Cancellation));

        var lease = await LeaseAsync("late", Now + Minute);

        Assert.True(lease.NotBefore >= Now + Minute);
        Assert.Equal("late", lease.Holder);
    }

    [Fact]
    public async Task A_released_lease_is_given_again_at_once_and_only_for_moments_later_than_its_last_use()
    {
        var leases = await TakeAllAsync();
        var lastUsed = Now.AddSeconds(20);
        await Store.ReleaseMachineAsync(leases[7], lastUsed, Cancellation);

        // The next holder's clock is behind the last one's.
        var lease = await LeaseAsync("next", Now.AddSeconds(10));

        Assert.Equal(leases[7].MachineId, lease.MachineId);
        Assert.True(lease.NotBefore > lastUsed);
        Assert.True(lease.ExpiresAt > lease.NotBefore);
    }

    [Fact]
    public async Task A_lease_released_unused_hands_on_the_moment_that_bound_its_holder()
    {
        var leases = await TakeAllAsync();
        await Store.ReleaseMachineAsync(leases[0], Now.AddSeconds(50), Cancellation);
        var second = await LeaseAsync("second", Now);
        await Store.ReleaseMachineAsync(second, Now, Cancellation);

        var third = await LeaseAsync("third", Now);

        Assert.Equal(second.MachineId, third.MachineId);
        Assert.True(third.NotBefore >= second.NotBefore);
    }

    [Fact]
    public async Task Renewing_extends_the_lease()
    {
        var lease = await LeaseAsync("a", Now);

        var renewed = await Store.RenewMachineAsync(lease, Now.AddSeconds(30), Minute, Cancellation);

        Assert.Equal(lease with { ExpiresAt = Now.AddSeconds(90) }, renewed);
    }

    [Fact]
    public async Task Renewing_never_shortens_a_lease()
    {
        var lease = await LeaseAsync("a", Now);

        var renewed = await Store.RenewMachineAsync(lease, Now.AddSeconds(-30), Minute, Cancellation);

        Assert.Equal(Now + Minute, renewed!.ExpiresAt);
    }

    [Fact]
    public async Task A_lease_that_ran_out_and_was_given_to_no_one_may_be_renewed()
    {
        var lease = await LeaseAsync("a", Now);

        var renewed = await Store.RenewMachineAsync(lease, Now.AddHours(1), Minute, Cancellation);

        Assert.Equal(Now.AddHours(1) + Minute, renewed!.ExpiresAt);
    }

    [Fact]
    public async Task A_lease_that_was_given_to_another_is_not_renewed_and_stays_the_others()
    {
        var leases = await TakeAllAsync();
        var later = Now + Minute;
        var taken = await LeaseAsync("taker", later);

        Assert.Null(await Store.RenewMachineAsync(leases[taken.MachineId], later, Minute, Cancellation));

        Assert.NotNull(await Store.RenewMachineAsync(taken, later, Minute, Cancellation));
    }

    [Fact]
    public async Task A_released_lease_is_not_renewed()
    {
        var lease = await LeaseAsync("a", Now);
        await Store.ReleaseMachineAsync(lease, Now, Cancellation);

        Assert.Null(await Store.RenewMachineAsync(lease, Now, Minute, Cancellation));
    }

    [Fact]
    public async Task Releasing_what_is_no_longer_held_does_nothing()
    {
        var leases = await TakeAllAsync();
        var later = Now + Minute;
        var taken = await LeaseAsync("taker", later);

        await Store.ReleaseMachineAsync(leases[taken.MachineId], later, Cancellation);

        Assert.Equal(taken, await Store.RenewMachineAsync(taken, later, Minute, Cancellation));
    }

    private static byte[] Key(byte filling) => [.. Enumerable.Repeat(filling, 32)];

    private async Task<MachineLease> LeaseAsync(string holder, DateTimeOffset now)
    {
        var lease = await Store.LeaseMachineAsync(holder, now, Minute, Cancellation);
        Assert.NotNull(lease);
        return lease;
    }

    /// <summary>Leases every machine id for a minute from <see cref="ContractSuite.Now"/>, in the order of the ids.</summary>
    private async Task<MachineLease[]> TakeAllAsync()
    {
        var leases = await AtOnceAsync(MachineLease.MaxMachineId + 1, index => Store.LeaseMachineAsync($"holder{index}", Now, Minute, Cancellation));
        return [.. leases.Select(lease => lease!).OrderBy(lease => lease.MachineId)];
    }
}
