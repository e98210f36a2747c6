using Terse.Links;
using Terse.Webhooks;

namespace Terse.Tests.Contracts;

/// <summary>The clauses of <see cref="IWebhookStore"/>, one test each.</summary>
public abstract class WebhookStoreContract : ContractSuite
{
    private static readonly DateTimeOffset Later = Now.AddMinutes(1);

    private protected IWebhookStore Store { get; private set; } = null!;

    public override async ValueTask InitializeAsync() => Store = await OpenAsync();

    /// <summary>Opens one more node's view on this test's data.</summary>
    private protected abstract ValueTask<IWebhookStore> OpenAsync();

    [Fact]
    public async Task An_added_webhook_is_found_and_listed_with_every_field()
    {
        var full = Hook("wh_b") with { Disabled = "Because ü", Failures = 7, Events = ["link.changed", "link.clicked"], CreatedAt = Now.AddSeconds(1) };
        await Store.AddAsync(full, Cancellation);
        await Store.AddAsync(Hook("wh_c"), Cancellation);
        var other = await OpenAsync();

        Same(full, await other.FindAsync("wh_b", Cancellation));
        Assert.Null(await other.FindAsync("wh_B", Cancellation));
        Assert.Equal(["wh_c", "wh_b"], (await other.ListAsync(Cancellation)).Select(hook => hook.Id));
    }

    [Fact]
    public async Task Of_callers_with_the_same_expected_version_exactly_one_replaces()
    {
        await Store.AddAsync(Hook("wh_a"), Cancellation);
        var other = await OpenAsync();

        var results = await AtOnceAsync(16, n => (n % 2 == 0 ? Store : other).ReplaceAsync(Hook("wh_a") with { Description = $"{n}", Failures = 3, Version = 2 }, 1, Cancellation));

        Assert.Single(results, ChangeResult.Done);
        Assert.Equal(15, results.Count(result => result == ChangeResult.Stale));
        Assert.Equal(3, (await Store.FindAsync("wh_a", Cancellation))!.Failures);
        Assert.Equal(ChangeResult.Missing, await Store.ReplaceAsync(Hook("wh_none"), 1, Cancellation));
    }

    [Fact]
    public async Task A_removed_webhook_takes_its_deliveries_along_and_gets_no_new_ones()
    {
        await AddAsync(Delivery(1), Delivery(2));

        Assert.True(await Store.RemoveAsync("wh_a", Cancellation));
        Assert.False(await Store.RemoveAsync("wh_a", Cancellation));
        await Store.EnqueueAsync([Delivery(3)], Cancellation);

        Assert.Empty(await LeaseAsync());
        Assert.Equal(0, await Store.CountDueAsync("wh_a", Later, Cancellation));
    }

    [Fact]
    public async Task A_delivery_that_is_there_is_not_added_again()
    {
        await AddAsync(Delivery(1));
        await Store.EnqueueAsync([Delivery(1) with { Body = "{}" }, Delivery(2)], Cancellation);

        Assert.Equal([Delivery(1).Body, Delivery(2).Body], (await LeaseAsync()).Select(delivery => delivery.Body));
    }

    [Fact]
    public async Task Each_due_delivery_is_leased_to_exactly_one_caller()
    {
        await AddAsync([.. Enumerable.Range(0, 40).Select(Delivery)]);
        var other = await OpenAsync();

        var leases = await AtOnceAsync(8, n => (n % 2 == 0 ? Store : other).LeaseAsync(Now, Later, 10, Cancellation));

        Assert.All(leases, lease => Assert.True(lease.Count <= 10));
        Assert.Equal(Enumerable.Range(0, 40).Select(n => Delivery(n).Id), leases.SelectMany(lease => lease.Select(delivery => delivery.Id)).Order(StringComparer.Ordinal));
        Assert.Empty(await LeaseAsync());
    }

    [Fact]
    public async Task A_delivery_is_not_leased_before_it_is_due_and_again_when_its_lease_ran_out()
    {
        await AddAsync(Delivery(1) with { NextAt = Now.AddSeconds(1) });

        Assert.Empty(await LeaseAsync());
        var leased = Assert.Single(await Store.LeaseAsync(Now.AddSeconds(1), Later, 10, Cancellation));
        Assert.Equal(Delivery(1) with { NextAt = Later }, leased);
        Assert.Empty(await Store.LeaseAsync(Later.AddMilliseconds(-1), Later.AddMinutes(1), 10, Cancellation));
        Assert.Single(await Store.LeaseAsync(Later, Later.AddMinutes(1), 10, Cancellation));
    }

    [Fact]
    public async Task Deliveries_of_a_disabled_webhook_wait_until_it_is_enabled()
    {
        await AddAsync(Delivery(1));
        await Store.ReplaceAsync(Hook("wh_a") with { Disabled = "off", Version = 2 }, 1, Cancellation);
        Assert.Empty(await LeaseAsync());

        await Store.ReplaceAsync(Hook("wh_a") with { Version = 3 }, 2, Cancellation);
        Assert.Single(await LeaseAsync());
    }

    [Fact]
    public async Task A_delivered_one_is_gone_and_ends_the_row_of_failures()
    {
        await AddAsync(Delivery(1), Delivery(2));
        var leased = await LeaseAsync();

        Assert.Equal(1, await Store.SettleAsync(leased[0], new DeliveryOutcome("no", Later), Cancellation));
        Assert.Equal(0, await Store.SettleAsync(leased[1], DeliveryOutcome.Delivered, Cancellation));

        Assert.Equal(0, (await Store.FindAsync("wh_a", Cancellation))!.Failures);
        Assert.Equal([Delivery(1).Id], (await Store.ListDeliveriesAsync("wh_a", false, null, 10, Cancellation)).Select(delivery => delivery.Id));
    }

    [Fact]
    public async Task A_dropped_one_is_gone_and_leaves_the_failures()
    {
        await AddAsync(Delivery(1), Delivery(2));
        var leased = await LeaseAsync();

        Assert.Equal(1, await Store.SettleAsync(leased[0], new DeliveryOutcome("no", Later), Cancellation));
        Assert.Equal(1, await Store.SettleAsync(leased[1], DeliveryOutcome.Dropped, Cancellation));

        Assert.Equal(1, await Store.CountDueAsync("wh_a", Later, Cancellation));
        Assert.Equal(0, await Store.CountDueAsync("wh_a", Later.AddMilliseconds(-1), Cancellation));
    }

    [Fact]
    public async Task A_failed_one_is_due_at_its_next_time_with_its_error()
    {
        await AddAsync(Delivery(1));
        var next = Now.AddHours(1);

        Assert.Equal(1, await Store.SettleAsync(Assert.Single(await LeaseAsync()), new DeliveryOutcome("It answered 500.", next), Cancellation));

        Assert.Empty(await Store.LeaseAsync(next.AddMilliseconds(-1), next, 10, Cancellation));
        var again = Assert.Single(await Store.LeaseAsync(next, next.AddMinutes(1), 10, Cancellation));
        Assert.Equal((1, "It answered 500."), (again.Attempts, again.LastError));
    }

    [Fact]
    public async Task One_that_failed_for_ever_is_a_dead_letter_until_it_is_replayed()
    {
        await AddAsync(Delivery(1), Delivery(2));
        foreach (var leased in await LeaseAsync()) await Store.SettleAsync(leased, new DeliveryOutcome("no", null), Cancellation);

        Assert.Empty(await Store.LeaseAsync(Now.AddYears(1), Now.AddYears(2), 10, Cancellation));
        var dead = await Store.ListDeliveriesAsync("wh_a", true, null, 10, Cancellation);
        Assert.Equal([(1, "no", true), (1, "no", true)], dead.Select(delivery => (delivery.Attempts, delivery.LastError, delivery.Dead)));

        Assert.Equal(1, await Store.ReplayAsync("wh_a", dead[1].Id, Now, Cancellation));
        Assert.Equal(0, await Store.ReplayAsync("wh_other", null, Now, Cancellation));
        var replayed = Assert.Single(await LeaseAsync());
        Assert.Equal((dead[1].Id, 0, false), (replayed.Id, replayed.Attempts, replayed.Dead));
        Assert.Equal(1, await Store.ReplayAsync("wh_a", null, Now, Cancellation));
    }

    [Fact]
    public async Task Discarding_removes_dead_letters_only()
    {
        await AddAsync(Delivery(1), Delivery(2), Delivery(3));
        var leased = await LeaseAsync();
        await Store.SettleAsync(leased[0], new DeliveryOutcome("no", null), Cancellation);
        await Store.SettleAsync(leased[1], new DeliveryOutcome("no", null), Cancellation);

        Assert.Equal(1, await Store.DiscardAsync("wh_a", leased[0].Id, Cancellation));
        Assert.Equal(1, await Store.DiscardAsync("wh_a", null, Cancellation));
        Assert.Equal(0, await Store.DiscardAsync("wh_a", leased[2].Id, Cancellation));

        Assert.Equal(1, await Store.CountDueAsync("wh_a", Later, Cancellation));
    }

    [Fact]
    public async Task A_lease_that_ran_out_settles_nothing_of_the_one_who_took_it_over()
    {
        await AddAsync(Delivery(1));
        var first = Assert.Single(await LeaseAsync());
        var second = Assert.Single(await Store.LeaseAsync(Later, Later.AddMinutes(1), 10, Cancellation));

        await Store.SettleAsync(first, DeliveryOutcome.Delivered, Cancellation);
        Assert.Equal(1, await Store.CountDueAsync("wh_a", Later.AddMinutes(1), Cancellation));

        await Store.SettleAsync(second, DeliveryOutcome.Delivered, Cancellation);
        Assert.Equal(0, await Store.CountDueAsync("wh_a", Later.AddMinutes(1), Cancellation));
    }

    [Fact]
    public async Task Lists_go_on_after_the_last_one_seen()
    {
        await AddAsync([.. Enumerable.Range(0, 5).Select(Delivery)]);

        var first = await Store.ListDeliveriesAsync("wh_a", false, null, 2, Cancellation);
        var rest = await Store.ListDeliveriesAsync("wh_a", false, first[1].Id, 10, Cancellation);

        Assert.Equal(Enumerable.Range(0, 5).Select(Delivery), [.. first, .. rest]);
    }

    private async Task AddAsync(params WebhookDelivery[] deliveries)
    {
        await Store.AddAsync(Hook("wh_a"), Cancellation);
        await Store.EnqueueAsync(deliveries, Cancellation);
    }

    private ValueTask<IReadOnlyList<WebhookDelivery>> LeaseAsync() => Store.LeaseAsync(Now, Later, 100, Cancellation);

    private static Webhook Hook(string id) => new()
    {
        Id = id,
        Url = "https://example.com/ü",
        Events = ["link.created"],
        Secret = "whsec_AAAA",
        Description = "",
        Owner = "Owner00001",
        CreatedAt = Now,
        Version = 1,
    };

    private static WebhookDelivery Delivery(int n) => new($"msg_{n:x12}", "wh_a", "link.created", $$"""{"n":{{n}},"text":"ü 🙂"}""", Now, 0, Now, null, false);

    private static void Same(Webhook expected, Webhook? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Events, actual.Events);
        Assert.Equal(expected, actual with { Events = expected.Events });
    }
}
