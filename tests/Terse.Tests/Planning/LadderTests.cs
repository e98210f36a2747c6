using Terse.Planning;

namespace Terse.Tests.Planning;

public sealed class LadderTests
{
    private static readonly Measurements Measured = Measurements.Committed();
    private static readonly Workload Small = WorkloadPresets.All["personal"];

    [Fact]
    public void A_person_stays_on_rung_1_and_nothing_is_forced()
    {
        var plan = CapacityPlan.For(Small, Measured);

        Assert.Equal(1, plan.Ladder.Rung.Number);
        Assert.Empty(plan.Ladder.Forced);
        Assert.Empty(plan.Ladder.ToDescend);
        Assert.Equal(["terse serve"], plan.Machines.Select(role => role.Role));
        Assert.Equal(["L1 cache in every process"], plan.Components.Where(component => component.Needed).Select(component => component.Name));
    }

    [Fact]
    public void More_availability_than_one_machine_has_forces_a_second()
    {
        var ladder = CapacityPlan.For(Small with { Availability = 0.999 }, Measured).Ladder;

        Assert.Equal(2, ladder.Rung.Number);
        Assert.Equal(["a second node"], ladder.Forced.Select(limit => limit.Forces));
        Assert.Equal(["availability"], ladder.ToDescend.Select(limit => limit.Number));
    }

    [Fact]
    public void The_textbook_is_a_fleet_because_of_its_storage_and_its_clicks()
    {
        var ladder = CapacityPlan.For(WorkloadPresets.All["textbook"], Measured).Ladder;

        Assert.Equal(4, ladder.Rung.Number);
        Assert.Contains(ladder.Forced, limit => limit.Number == "link data on one primary" && limit.Value > 80 * Units.TiB);
        Assert.Contains(ladder.Forced, limit => limit.Forces.Contains("queue", StringComparison.Ordinal));
    }

    [Fact]
    public void Creates_beyond_one_primary_force_a_store_that_splits()
    {
        var beyond = (Measured.PostgresCreatesPerSecond.Value * Assumptions.TargetUtilisation) + 1;
        var ladder = CapacityPlan.For(Small with { NewLinksPerDay = beyond * Units.SecondsPerDay, PeakMultiplier = 1, ReadsPerWrite = 0.1, Availability = 0.999, MachineDiskBytes = 1e15 }, Measured).Ladder;

        Assert.Equal(4, ladder.Rung.Number);
        Assert.Contains(ladder.Forced, limit => limit.Number == "creates at the peak");
    }

    [Fact]
    public void Another_region_is_rung_5_whatever_the_size()
    {
        var plan = CapacityPlan.For(Small with { Regions = 2 }, Measured);

        Assert.Equal(5, plan.Ladder.Rung.Number);
        Assert.Empty(plan.Ladder.ToClimb);
    }

    [Fact]
    public void Descending_by_what_it_says_descends()
    {
        var plan = CapacityPlan.For(Small with { Availability = 0.999 }, Measured);
        var undone = Small with { Availability = plan.Ladder.ToDescend.Single().Most };

        Assert.Equal(1, CapacityPlan.For(undone, Measured).Ladder.Rung.Number);
    }

    [Fact]
    public void Growing_by_the_headroom_climbs_and_by_a_little_less_does_not()
    {
        var plan = CapacityPlan.For(Small, Measured);
        var nearest = plan.Ladder.ToClimb[0];
        var links = plan.Traffic.NewLinksPerDay * nearest.Headroom;

        Assert.Equal(1, CapacityPlan.For(Small with { NewLinksPerDay = links * 0.99 }, Measured).Ladder.Rung.Number);
        Assert.NotEqual(1, CapacityPlan.For(Small with { NewLinksPerDay = links * 1.01 }, Measured).Ladder.Rung.Number);
    }

    [Fact]
    public void Faster_redirects_need_fewer_machines()
    {
        var textbook = WorkloadPresets.All["textbook"];
        var slower = Measured with { RedirectCpuMicroseconds = Measured.RedirectCpuMicroseconds with { Value = 4 * Measured.RedirectCpuMicroseconds.Value } };

        Assert.True(Nodes(CapacityPlan.For(textbook, slower)) > Nodes(CapacityPlan.For(textbook, Measured)));

        static double Nodes(CapacityPlan plan) => plan.Machines.Single(role => role.Role == "Redirect").Machines;
    }

    [Fact]
    public void Clicks_beyond_one_stream_force_several()
    {
        var most = Measured.QueueStreamClicksPerSecond.Value * Assumptions.TargetUtilisation;
        var fleet = Small with { NewLinksPerDay = 1_000, PeakMultiplier = 1, MachineDiskBytes = 1e15, HitRate = 0.999 };

        Assert.Equal(3, With(most - 1).Rung.Number);
        Assert.Contains(With(most + 1).Forced, limit => limit is { Rung: 3, Number: "clicks at the peak" });

        Ladder With(double clicks) => CapacityPlan.For(fleet with { ReadsPerWrite = clicks * Units.SecondsPerDay / fleet.NewLinksPerDay }, Measured).Ladder;
    }

    [Fact]
    public void Counting_a_click_at_twice_the_cost_takes_twice_the_workers_and_the_cores_of_PostgreSQL()
    {
        var textbook = WorkloadPresets.All["textbook"] with { MachineCores = 1 };
        var cheap = Measured with { QueueWorkerCpuMicroseconds = Of(10), PostgresClickCpuMicroseconds = Of(30) };
        var dear = Measured with { QueueWorkerCpuMicroseconds = Of(20), PostgresClickCpuMicroseconds = Of(60) };

        // 231,481 clicks at the peak: 2.3 and 4.6 cores, at 60 % busy 4 and 8 machines of one, and one to lose.
        Assert.Equal((5, 9), (Workers(cheap).Machines, Workers(dear).Machines));
        Assert.EndsWith("PostgreSQL takes 12 cores to count them", Workers(cheap).Load, StringComparison.Ordinal);
        Assert.EndsWith("PostgreSQL takes 24 cores to count them", Workers(dear).Load, StringComparison.Ordinal);

        Measurement Of(double value) => Measured.QueueWorkerCpuMicroseconds with { Value = value };
        RoleNeed Workers(Measurements measured) => CapacityPlan.For(textbook, measured).Machines.Single(role => role.Role == "Clicks");
    }

    [Fact]
    public void A_partition_that_carries_twice_as_much_is_needed_half_as_often()
    {
        var textbook = WorkloadPresets.All["textbook"];
        var slow = Measured with { QueuePartitionClicksPerSecond = Measured.QueuePartitionClicksPerSecond with { Value = 5_000 } };
        var fast = Measured with { QueuePartitionClicksPerSecond = Measured.QueuePartitionClicksPerSecond with { Value = 10_000 } };

        // 231,481 clicks at the peak, 60 % of what a partition carries each.
        Assert.Contains("; 78 busy partitions", Queue(slow), StringComparison.Ordinal);
        Assert.Contains("; 39 busy partitions", Queue(fast), StringComparison.Ordinal);

        string Queue(Measurements measured) => CapacityPlan.For(textbook, measured).Machines.Single(role => role.Role == "NATS JetStream").Load;
    }

    [Theory]
    [InlineData(0.99, 1)]
    [InlineData(0.995, 1)]
    [InlineData(0.9999, 2)]
    [InlineData(0.99999, 3)]
    public void Machines_that_fail_apart_add_up_to_the_availability(double target, double machines) =>
        Assert.Equal(machines, MachineNeed.ForAvailability(target));

    [Fact]
    public void A_tight_latency_target_leaves_users_far_away_out_of_reach()
    {
        var latency = CapacityPlan.For(Small with { LatencyTargetMilliseconds = 50 }, Measured).Latency;

        Assert.InRange(latency.ReachKilometres, 4_000, 5_000);
        Assert.Equal(latency.ReachKilometres / 3, latency.FirstVisitReachKilometres, 6);
    }

    [Fact]
    public void A_plan_names_the_pages_that_it_rests_on()
    {
        var pages = CapacityPlan.For(WorkloadPresets.All["textbook"], Measured).Pages.Select(page => page.Number).ToList();

        Assert.Contains("0010", pages);
        Assert.Contains("0043", pages);
        Assert.Contains("0081", pages);
        Assert.All(pages, page => Assert.Contains(page, DecisionPages.All.Select(known => known.Number)));
    }
}
