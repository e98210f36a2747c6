using System.Text;
using Microsoft.Extensions.Options;
using Terse.Adapters.LocalLog;
using Terse.Clicks;
using Terse.Clicks.Log;

namespace Terse.Tests.Schedules;

/// <summary>
/// Writers that reserve and write with others in between, a worker on the log's queue that counts as a store does, by watermark, and kills at any step:
/// a place that was reserved stays empty, and a delivery that was counted may not be acknowledged.
/// </summary>
internal sealed class ClickLogScenario : IDisposable
{
    private readonly Schedule _schedule;
    private readonly DirectoryInfo _directory = Directory.Exists("/dev/shm")
        ? Directory.CreateDirectory($"/dev/shm/terse-log-{Guid.NewGuid():n}")
        : Directory.CreateTempSubdirectory("terse-log-");
    private readonly List<IDisposable> _opened = [];
    private readonly HashSet<string> _written = [];
    private readonly List<string> _counted = [];
    private readonly TaskCompletionSource _firstRefusal = new();
    private ClickLog _log = null!;
    private LocalClickQueue _queue = null!;
    private CancellationTokenSource _life = new();
    private long _watermark;
    private int _writers;
    private int _run;

    public ClickLogScenario(Schedule schedule, int writers)
    {
        (_schedule, _writers) = (schedule, writers);
        Open();
    }

    public int Refused { get; private set; }

    /// <summary>Ends when the log was full for the first time.</summary>
    public Task FirstRefusal => _firstRefusal.Task;

    public async Task WriteAsync(int writer, int records, int length)
    {
        for (var number = 0; number < records; number++)
        {
            await Task.Yield();
            var (run, log, id) = (_run, _log, $"{writer}:{number}");
            var body = Encoding.ASCII.GetBytes(id.PadRight(20 + _schedule.Choose(length)));
            if (!log.TryReserve(body.Length, out var place))
            {
                Refused++;
                _firstRefusal.TrySetResult();
                continue;
            }

            await Task.Yield();
            if (run != _run) continue;
            log.Write(place, body, ClickLogSegment.Hash(body));
            _written.Add(id);
        }
        _writers--;
        EndIfAllIsCounted();
    }

    /// <summary>Works until all that was written is counted and nobody writes any more.</summary>
    public async Task WorkAsync()
    {
        while (_writers > 0 || _counted.Count < _written.Count)
        {
            var (run, queue) = (_run, _queue);
            try
            {
                var delivery = await queue.ReceiveAsync(0, _life.Token);
                await Task.Yield();
                if (run != _run) continue;
                if (_schedule.Chance(0.1))
                {
                    await queue.ReturnAsync(delivery, TimeSpan.Zero, CancellationToken.None);
                    continue;
                }

                Count(delivery);
                await Task.Yield();
                if (run != _run) continue;
                await queue.AcknowledgeAsync(delivery, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    /// <summary>
    /// Ends the process after some steps, and begins the next on what it left: on a copy, since what was about to go on in the dead one still does, here.
    /// </summary>
    public async Task KillAsync(int steps)
    {
        for (var step = _schedule.Choose(steps); step > 0; step--) await Task.Yield();
        _run++;
        var life = _life;
        _life = new CancellationTokenSource();
        Open();
        await life.CancelAsync();
    }

    public void AssertCountedOnce()
    {
        Assert.Equal(_counted.Count, _counted.Distinct().Count());
        Assert.Equal(_written.Order(StringComparer.Ordinal), _counted.Order(StringComparer.Ordinal));
        Assert.All(_counted.Select(static id => id.Split(':')).GroupBy(static id => id[0], static id => int.Parse(id[1], System.Globalization.CultureInfo.InvariantCulture)),
            static numbers => Assert.Equal(numbers.Order(), numbers));

        // What a kill kept from being acknowledged comes again and is left out.
        Assert.All(_log.Read(_log.Acknowledged, int.MaxValue), click => Assert.InRange(click.Position, 0, _watermark));
    }

    public void Dispose()
    {
        foreach (var opened in _opened) opened.Dispose();
        _life.Dispose();
        _directory.Delete(recursive: true);
    }

    private void Open()
    {
        var directory = _directory.CreateSubdirectory($"{_run}");
        if (_run > 0)
            foreach (var file in _directory.CreateSubdirectory($"{_run - 1}").GetFiles()) file.CopyTo(Path.Combine(directory.FullName, file.Name));
        var options = Options.Create(new RecordingOptions { Directory = directory.FullName, LogMebibytes = 1, BatchSize = 40, SyncInterval = TimeSpan.FromMinutes(1) });
        _log = new ClickLog(options);
        _log.Open();
        _queue = new LocalClickQueue(_log, new DeadLetterFiles(options), options, TimeProvider.System);
        _opened.AddRange(_log, _queue);
    }

    private void Count(ClickDelivery delivery)
    {
        foreach (var click in delivery.Clicks.Where(click => click.Position > _watermark))
        {
            Assert.True(click.Position > _watermark);
            _watermark = click.Position;
            _counted.Add(Encoding.ASCII.GetString(click.Body.Span).Trim());
        }
        EndIfAllIsCounted();
    }

    /// <summary>Whoever waits for more waits in vain.</summary>
    private void EndIfAllIsCounted()
    {
        if (_writers == 0 && _counted.Count == _written.Count) _life.CancelAfter(TimeSpan.Zero);
    }
}
