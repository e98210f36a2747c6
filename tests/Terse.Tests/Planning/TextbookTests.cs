using Terse.Planning;

namespace Terse.Tests.Planning;

/// <summary>The figures of the classic walk-through, and those of it that do not hold.</summary>
public sealed class TextbookTests
{
    private static readonly Measurements Measured = Measurements.Committed();

    [Fact]
    public void A_hundred_million_users_with_ten_actions_are_11574_a_second_and_34722_at_the_peak()
    {
        var traffic = Traffic.Of(new Workload { DailyUsers = 100e6, ActionsPerUser = 10, PeakMultiplier = 3 });

        Assert.Equal(11_574, Math.Round(traffic.RedirectsPerSecond));
        Assert.Equal(34_722, Math.Round(traffic.PeakRedirectsPerSecond));
    }

    [Fact]
    public void Ten_million_users_with_two_photos_of_500_KB_are_9313_GiB_a_day()
    {
        var need = StorageNeed.Of(10e6 * 2, 500e3, 5 * Units.DaysPerYear, copies: 1);

        Assert.Equal(9_313.2, need.BytesPerDay / Units.GiB, 0.05);
        Assert.Equal(16_598.3, need.Bytes / Units.TiB, 0.05);
    }

    [Fact]
    public void A_hundred_million_links_and_ten_billion_redirects_a_day_are_1157_and_115741_a_second()
    {
        var traffic = Plan(WorkloadPresets.All["textbook"]).Traffic;

        Assert.Equal(1_157, Math.Round(traffic.CreatesPerSecond));
        Assert.Equal(2_315, Math.Round(traffic.PeakCreatesPerSecond));
        Assert.Equal(115_741, Math.Round(traffic.RedirectsPerSecond));
    }

    [Fact]
    public void Five_years_of_links_of_500_bytes_are_182_billion_and_83_TiB()
    {
        var storage = Plan(WorkloadPresets.All["textbook"]).Storage;

        Assert.Equal(182.5e9, storage.Records);
        Assert.Equal(83.0, storage.Bytes / Units.TiB, 0.05);
        Assert.Equal(3 * storage.Bytes, storage.ReplicatedBytes);
    }

    [Fact]
    public void Twenty_million_hot_links_of_600_bytes_are_11_GiB()
    {
        var cache = Plan(WorkloadPresets.All["textbook"]).Cache;

        Assert.Equal(20e6, cache.HotEntries);
        Assert.Equal(11.2, cache.HotBytes / Units.GiB, 0.05);
    }

    [Fact]
    public void A_tenth_of_a_write_per_user_and_a_hundred_reads_are_116_and_11574_a_second_and_8_3_TiB()
    {
        var plan = Plan(WorkloadPresets.All["social"]);

        Assert.Equal(0.1, plan.Traffic.NewLinksPerDay / 100e6, 12);
        Assert.Equal(116, Math.Round(plan.Traffic.CreatesPerSecond));
        Assert.Equal(11_574, Math.Round(plan.Traffic.RedirectsPerSecond));
        Assert.Equal(8.3, plan.Storage.Bytes / Units.TiB, 0.05);
    }

    [Fact]
    public void Ten_thousand_reads_at_95_percent_hits_leave_500_to_the_store() =>
        Assert.Equal(500, CacheNeed.Behind(10_000, 0.95), 9);

    [Fact]
    public void A_guess_of_seven_characters_hits_one_time_in_19_after_five_years()
    {
        var codes = Plan(WorkloadPresets.All["textbook"]).Codes[0];

        Assert.Equal(3_521_614_606_208, codes.Codes);
        Assert.Equal(0.0518, codes.GuessHitRate, 0.00005);
        Assert.Equal("1 in 19", Units.OneIn(codes.GuessHitRate));
        Assert.Equal(96, Math.Floor(codes.YearsUntilExhausted));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    public void A_quorum_is_more_than_half_of_the_copies(int copies, int quorum)
    {
        Assert.Equal(quorum, Quorum.Of(copies));
        Assert.True(2 * Quorum.Of(copies) > copies);
    }

    [Fact]
    public void Every_erratum_is_the_right_figure()
    {
        double[] right = [16_598.3, 3, 0.8e9, 7.17, 21.51];

        Assert.Equal(right.Length, TextbookErrata.All.Count);
        foreach (var (expected, erratum) in right.Zip(TextbookErrata.All)) Assert.Equal(expected, erratum.Right, expected / 2_000);
    }

    [Fact]
    public void The_misprint_of_the_photos_is_not_what_its_premises_give()
    {
        var erratum = TextbookErrata.All[0];

        Assert.Equal("16,571.6 TB", erratum.Printed);
        Assert.Equal("16,598.3 TiB", erratum.Shown);
        // The text's figure is that of about 1,822 days instead of 1,825.
        Assert.Equal(16_571.6, StorageNeed.Of(20e6, 500e3, 1_822, 1).Bytes / Units.TiB, 1.0);
    }

    private static CapacityPlan Plan(Workload workload) => CapacityPlan.For(workload, Measured);
}
