using System.Collections.Concurrent;
using System.Diagnostics;
using CsCheck;

namespace Terse.Tests.Histories;

/// <summary>One step of one client's script. What the script cannot know (which value is there) the client remembers from what it last saw.</summary>
internal readonly record struct Step(OperationKind Kind, int Code, int Node);

/// <summary>
/// Takes histories: clients that run their scripts at the same time. Scripts are made from a seed, which CsCheck prints when a history fails and takes
/// again from the variable CsCheck_Seed; the interleaving is the machine's.
/// </summary>
internal static class HistoryRun
{
    private const int Codes = 2;

    /// <summary>Seconds for each test of histories, and each test of schedules and fuzzing, in the longer mode: <c>TERSE_LONG_TESTS=60</c>.</summary>
    public static TimeSpan? LongMode =>
        int.TryParse(Environment.GetEnvironmentVariable("TERSE_LONG_TESTS"), out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    private static readonly Gen<Step[][]> Scripts =
        Gen.Select(
                Gen.Frequency((3, Gen.Const(OperationKind.Add)), (4, Gen.Const(OperationKind.Find)), (4, Gen.Const(OperationKind.Replace)), (3, Gen.Const(OperationKind.Remove))),
                Gen.Int[0, Codes - 1],
                Gen.Int[0, 1],
                (kind, code, node) => new Step(kind, code, node))
            .Array[4, 12].Array[2, 6];

    private static long _names;

    /// <summary>Takes so many histories, each on codes of its own, and fails with the first that fits no order.</summary>
    public static void Check(IHistoryTarget target, int histories)
    {
        var began = Stopwatch.GetTimestamp();
        do Scripts.Sample(scripts => CheckAsync(target, scripts).GetAwaiter().GetResult(), iter: histories, threads: 1);
        while (LongMode is { } length && Stopwatch.GetElapsedTime(began) < length);
    }

    private static async Task CheckAsync(IHistoryTarget target, Step[][] scripts)
    {
        var violation = Linearizability.Violation(await TakeAsync(target, scripts));
        Assert.True(violation is null, violation);
    }

    public static async Task<IReadOnlyCollection<Operation>> TakeAsync(IHistoryTarget target, Step[][] scripts)
    {
        var history = new ConcurrentQueue<Operation>();
        var clock = new Clock();
        var name = $"h{Interlocked.Increment(ref _names)}x{Random.Shared.Next():x8}";
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clients = scripts.Select(async script =>
        {
            await start.Task;
            var seen = new Dictionary<string, long>();
            foreach (var step in script) history.Enqueue(await TakeStepAsync(target, step, $"{name}c{step.Code}", seen, clock));
        }).ToArray();
        start.SetResult();
        await Task.WhenAll(clients);
        return history;
    }

    private static async Task<Operation> TakeStepAsync(IHistoryTarget target, Step step, string code, Dictionary<string, long> seen, Clock clock)
    {
        // A change needs something to be based on.
        var kind = step.Kind is OperationKind.Replace or OperationKind.Remove && !seen.ContainsKey(code) ? OperationKind.Find : step.Kind;
        var start = clock.Next();
        switch (kind)
        {
            case OperationKind.Find:
                var (found, value) = await target.FindAsync(code, step.Node);
                if (value is { } there) seen[code] = there;
                return new Operation(code, kind, null, value, found, start, clock.Next());
            case OperationKind.Add:
                var added = await target.AddAsync(code, ValueOf(start), step.Node);
                if (added == Outcome.Done) seen[code] = ValueOf(start);
                return new Operation(code, kind, null, ValueOf(start), added, start, clock.Next());
            case OperationKind.Replace:
                var expected = seen[code];
                var replaced = await target.ReplaceAsync(code, expected, ValueOf(start), step.Node);
                if (replaced == Outcome.Done) seen[code] = ValueOf(start);
                return new Operation(code, kind, expected, ValueOf(start), replaced, start, clock.Next());
            default:
                var last = seen[code];
                return new Operation(code, kind, last, null, await target.RemoveAsync(code, last, step.Node), start, clock.Next());
        }
    }

    // The count at a write's call is also what tells its link from others.
    private static long ValueOf(long start) => Contracts.ALink.Created.ToUnixTimeMilliseconds() + start;

    /// <summary>Counts calls and answers.</summary>
    private sealed class Clock
    {
        private long _now;

        public long Next() => Interlocked.Increment(ref _now);
    }
}
