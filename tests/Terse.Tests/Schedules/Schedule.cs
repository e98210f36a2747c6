using System.Diagnostics;
using Terse.Tests.Histories;

namespace Terse.Tests.Schedules;

/// <summary>
/// Runs a scenario on one thread, and picks at random which of its waiting continuations goes on next: every await, and so every call of a port, is a place
/// where another task may come in between. The same seed makes the same choices, so a failure is repeated by its number. Since nothing in the
/// product says <c>ConfigureAwait(false)</c>, no continuation escapes.
/// </summary>
internal sealed class Schedule : SynchronizationContext
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<(SendOrPostCallback Continue, object? State)> _ready = [];
    private readonly Random _random;

    private Schedule(int seed) => _random = new Random(seed);

    /// <summary>Called after each step: the place for what must hold at every moment.</summary>
    public Action? AfterStep { get; set; }

    public int Choose(int count) => _random.Next(count);

    public bool Chance(double probability) => _random.NextDouble() < probability;

    /// <summary>Runs the scenario under so many schedules (in the longer mode, for so long), each with a seed of its own; the first that fails names it.</summary>
    public static void Explore(int schedules, Func<Schedule, Task> scenario)
    {
        // TERSE_SCHEDULE=123 repeats one.
        if (int.TryParse(Environment.GetEnvironmentVariable("TERSE_SCHEDULE"), out var one))
        {
            Run(one, scenario);
            return;
        }

        var began = Stopwatch.GetTimestamp();
        for (var seed = 0; seed < schedules || Stopwatch.GetElapsedTime(began) < HistoryRun.LongMode; seed++) Run(seed, scenario);
    }

    /// <summary>Tasks that each begin when the scheduler says so.</summary>
    public static Task StartAll(params IEnumerable<Func<Task>> tasks) => Task.WhenAll(tasks.Select(async task =>
    {
        await Task.Yield();
        await task();
    }));

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_ready)
        {
            _ready.Add((d, state));
            Monitor.Pulse(_ready);
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    private static void Run(int seed, Func<Schedule, Task> scenario)
    {
        var schedule = new Schedule(seed);
        var before = Current;
        SetSynchronizationContext(schedule);
        try
        {
            var running = scenario(schedule);
            while (!running.IsCompleted) schedule.Step();
            running.GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            throw new ScheduleException($"Schedule {seed} fails (TERSE_SCHEDULE={seed} repeats it): {exception.Message}", exception);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private void Step()
    {
        (SendOrPostCallback Continue, object? State) next;
        lock (_ready)
        {
            // Something may be on its way from a timer or the pool; when nothing comes, everyone waits for everyone.
            if (_ready.Count == 0 && !Monitor.Wait(_ready, Patience) && _ready.Count == 0) throw new ScheduleException("Nobody can go on: an answer was lost.", null);
            var index = _random.Next(_ready.Count);
            next = _ready[index];
            _ready.RemoveAt(index);
        }

        next.Continue(next.State);
        AfterStep?.Invoke();
    }
}

internal sealed class ScheduleException(string message, Exception? inner) : Exception(message, inner);
