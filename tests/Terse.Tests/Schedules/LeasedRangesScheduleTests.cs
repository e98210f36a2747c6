using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Codes;

namespace Terse.Tests.Schedules;

/// <summary>Ids from leased ranges under thousands of orders of events: each once, none lost to a failed or abandoned lease.</summary>
public sealed class LeasedRangesScheduleTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    public void No_id_is_given_twice_and_all_are_from_ranges_that_were_leased(double failures) => Schedule.Explore(2_000, async schedule =>
    {
        var store = new SlowRanges(schedule, failures);
        await using var issued = new IssuedCodes(store, new NoLinks(), Options.Create(new CodesOptions()), TimeProvider.System, NullLogger<IssuedCodes>.Instance);
        using var ranges = new LeasedRanges(store, size: 3, issued);
        var given = new List<long>();
        var failed = 0;

        await Schedule.StartAll(Enumerable.Range(0, 6).Select<int, Func<Task>>(caller => async () =>
        {
            for (var n = 0; n < 3; n++)
            {
                using var patience = new CancellationTokenSource();
                var next = ranges.NextAsync(patience.Token);
                if (caller == 0) await patience.CancelAsync();
                try
                {
                    given.Add(await next);
                }
                catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
                {
                    failed++;
                }

                await Task.Yield();
            }
        }));

        Assert.Equal(given.Count, given.Distinct().Count());
        Assert.Equal(18, given.Count + failed);
        Assert.All(given, id => Assert.InRange(id, 0, store.HighWater - 1));
        Assert.True(store.AtOnce <= 1, "Two ranges were leased at once.");

        // Whatever failed, the next caller is served.
        store.Heal();
        Assert.DoesNotContain(await NextAsync(), given);

        async Task<long> NextAsync()
        {
            while (true)
            {
                try
                {
                    return await ranges.NextAsync(CancellationToken.None);
                }
                catch (StoreUnavailableException)
                {
                    // A lease asked for ahead, before the store was up again.
                }
            }
        }
    });

    private sealed class SlowRanges(Schedule schedule, double failures) : ICodeRangeStore
    {
        private readonly InMemoryCodeRangeStore _ranges = new();
        private double _failures = failures;
        private int _leasing;

        public long HighWater { get; private set; }

        public int AtOnce { get; private set; }

        public void Heal() => _failures = 0;

        public async ValueTask<CodeRange> LeaseRangeAsync(int size, CancellationToken cancellationToken)
        {
            AtOnce = Math.Max(AtOnce, ++_leasing);
            try
            {
                await Task.Yield();
                if (schedule.Chance(_failures)) throw new StoreUnavailableException("down");
                var range = await _ranges.LeaseRangeAsync(size, cancellationToken);
                HighWater = range.End;
                await Task.Yield();
                return range;
            }
            finally
            {
                _leasing--;
            }
        }

        public ValueTask<byte[]> GetOrAddKeyAsync(byte[] candidate, CancellationToken cancellationToken) => _ranges.GetOrAddKeyAsync(candidate, cancellationToken);

        public ValueTask<long> GetHighWaterAsync(CancellationToken cancellationToken) => _ranges.GetHighWaterAsync(cancellationToken);

        public ValueTask RaiseHighWaterAsync(long highWater, CancellationToken cancellationToken) => _ranges.RaiseHighWaterAsync(highWater, cancellationToken);

        public ValueTask<MachineLease?> LeaseMachineAsync(string holder, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<MachineLease?> RenewMachineAsync(MachineLease lease, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ReleaseMachineAsync(MachineLease lease, DateTimeOffset lastUsed, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
