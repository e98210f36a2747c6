using CsCheck;

namespace Terse.Tests.Histories;

/// <summary>The checker itself: it must let right histories through, and must be able to fail.</summary>
public sealed class LinearizabilityTests
{
    [Fact]
    public void Operations_one_after_another_that_answer_rightly_fit() => AssertFits(
        Add(1, 0, 1), Find(1, 2, 3), Replace(1, 2, 4, 5), Find(2, 6, 7), Remove(2, 8, 9), Find(null, 10, 11), Add(3, 12, 13));

    [Fact]
    public void A_read_beside_a_write_may_see_either() => AssertFits(Add(1, 0, 1), Replace(1, 2, 2, 9), Find(1, 3, 4), Find(2, 5, 6));

    [Fact]
    public void Of_two_adds_at_once_both_done_is_a_duplicated_code() => AssertFitsNot(Add(1, 0, 3), Add(2, 1, 2));

    [Fact]
    public void Two_changes_of_one_version_both_done_are_a_lost_update() => AssertFitsNot(Add(1, 0, 1), Replace(1, 2, 2, 5), Replace(1, 3, 3, 4));

    [Fact]
    public void A_read_of_a_value_that_no_write_gave_is_found_out() => AssertFitsNot(Add(1, 0, 1), Find(7, 2, 3));

    [Fact]
    public void A_read_of_the_old_value_after_the_change_was_answered_is_found_out() => AssertFitsNot(Add(1, 0, 1), Replace(1, 2, 2, 3), Find(1, 4, 5));

    [Fact]
    public void Two_reads_beside_one_write_may_not_go_back() => AssertFitsNot(Add(1, 0, 1), Replace(1, 2, 2, 9), Find(2, 3, 4), Find(1, 5, 6));

    [Fact]
    public void A_removed_link_that_comes_back_is_found_out() => AssertFitsNot(Add(1, 0, 1), Remove(1, 2, 3), Find(null, 4, 5), Find(1, 6, 7));

    [Fact]
    public void An_add_refused_where_nothing_was_is_found_out() => AssertFitsNot(Add(1, 0, 1) with { Outcome = Outcome.Taken });

    [Fact]
    public void A_write_that_failed_may_have_happened_or_not_or_happen_later()
    {
        var failed = Add(1, 0, 1) with { Outcome = Outcome.Unknown };

        AssertFits(failed, Find(null, 2, 3));
        AssertFits(failed, Find(1, 2, 3));
        AssertFits(failed, Find(null, 2, 3), Find(1, 4, 5));
        AssertFitsNot(failed, Find(1, 2, 3), Find(null, 4, 5));
    }

    [Fact]
    public void Codes_are_decided_each_alone() => AssertFits(Add(1, 0, 1), Add(2, 0, 1) with { Code = "other" });

    [Fact]
    public void A_history_of_a_store_that_does_one_at_a_time_fits_however_wide_its_calls_are_drawn() =>
        Gen.Select(Gen.Enum<OperationKind>(), Gen.Int[0, 6], Gen.Int[0, 6]).Array[1, 30].Sample(
            steps =>
            {
                long? state = null;
                var history = new List<Operation>();
                foreach (var (index, (kind, before, after)) in steps.Index())
                {
                    // Each takes effect at ten times its number, and is called before and answers after that moment.
                    var operation = new Operation("code", kind, state ?? 0, kind == OperationKind.Find ? state : index + 1, Outcome.Done, (10 * index) - (5 * before), (10 * index) + 1 + (5 * after));
                    if (kind == OperationKind.Add && state is not null) operation = operation with { Outcome = Outcome.Taken };
                    if (kind is OperationKind.Replace or OperationKind.Remove && state is null) operation = operation with { Outcome = Outcome.Missing };
                    Assert.True(operation.TryApply(state, out state));
                    history.Add(operation);
                }

                Assert.Null(Linearizability.Violation(history));
            },
            iter: 300);

    [Fact]
    public void A_right_store_passes() => HistoryRun.Check(new StoreTarget(new BrokenLinkStore(Defect.None)), histories: 300);

    [Theory]
    [InlineData(Defect.LooksBeforeItAdds)]
    [InlineData(Defect.LosesUpdates)]
    [InlineData(Defect.ReadsOldCopies)]
    [InlineData(Defect.ShowsWhatNeverWas)]
    [InlineData(Defect.ForgetsRemovals)]
    public void A_store_that_is_broken_on_purpose_is_found_out(object defect)
    {
        var failure = Assert.ThrowsAny<Exception>(() => HistoryRun.Check(new StoreTarget(new BrokenLinkStore((Defect)defect)), histories: 20_000));

        Assert.Contains("Set seed", failure.Message, StringComparison.Ordinal);
    }

    private static void AssertFits(params Operation[] history) => Assert.Null(Linearizability.Violation(history));

    private static void AssertFitsNot(params Operation[] history) => Assert.NotNull(Linearizability.Violation(history));

    private static Operation Add(long value, long start, long end) => new("code", OperationKind.Add, null, value, Outcome.Done, start, end);

    private static Operation Find(long? value, long start, long end) => new("code", OperationKind.Find, null, value, Outcome.Done, start, end);

    private static Operation Replace(long expected, long value, long start, long end) => new("code", OperationKind.Replace, expected, value, Outcome.Done, start, end);

    private static Operation Remove(long expected, long start, long end) => new("code", OperationKind.Remove, expected, null, Outcome.Done, start, end);
}
