using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Terse.Admin.Links;
using Terse.Clicks;
using Terse.Clicks.Statistics;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Clicks.Statistics;

/// <summary>Clicks are folded, forgotten and erased as the options and the links say, by the program itself.</summary>
public sealed class RetentionTests
{
    /// <summary>Before a server of a test starts.</summary>
    private static readonly DateTimeOffset Before = new(2026, 1, 31, 11, 34, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Old_clicks_are_folded_and_forgotten_as_the_options_say()
    {
        await using var terse = await TerseInstance.StartAsync(new()
        {
            ["Terse:Clicks:KeepMinutes"] = "1.00:00:00",
            ["Terse:Clicks:KeepHours"] = "3.00:00:00",
            ["Terse:Clicks:KeepDays"] = "10.00:00:00",
        });
        await WriteAsync(terse, AClick.Of("one", 1, Before), AClick.Of("one", 2, Before.AddDays(-2)), AClick.Of("one", 3, Before.AddDays(-5)), AClick.Of("one", 4, Before.AddDays(-20)));

        await EventuallyAsync(terse, TimeSpan.FromMinutes(1), async () => (await StartsAsync(terse)).SequenceEqual(
            [new(2026, 1, 26, 0, 0, 0, TimeSpan.Zero), new(2026, 1, 29, 11, 0, 0, TimeSpan.Zero), Before]));
    }

    [Fact]
    public async Task Removing_a_link_erases_its_clicks_and_those_still_on_their_way()
    {
        await using var terse = await TerseInstance.StartAsync();
        await terse.CreateAsync(new { url = "https://example.com/", alias = "one" });
        await WriteAsync(terse, AClick.Of("one", 1, Before), AClick.Of("two", 2, Before));

        await RemoveAsync(terse, "one");
        await Eventually.TrueAsync(async () => await TotalAsync(terse) == 1);
        await WriteAsync(terse, AClick.Of("one", 3, Before));

        await EventuallyAsync(terse, TimeSpan.FromMinutes(5), async () => await TotalAsync(terse) == 1);
        await EventuallyAsync(terse, TimeSpan.FromMinutes(5), () => Task.FromResult(new FileInfo(Path.Combine(terse.Data, "erasures.log")).Length == 0));
    }

    [Fact]
    public async Task Sweeping_a_link_that_ended_erases_its_clicks()
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Links:KeepEnded"] = "00:00:00" });
        await terse.CreateAsync(new { url = "https://example.com/", alias = "one", ttl = "1h" });
        await WriteAsync(terse, AClick.Of("one", 1, Before), AClick.Of("two", 2, Before));

        await EventuallyAsync(terse, TimeSpan.FromMinutes(5), async () => await TotalAsync(terse) == 1);
    }

    [Fact]
    public async Task The_clicks_of_a_link_made_anew_stay()
    {
        await using var terse = await TerseInstance.StartAsync();
        await terse.CreateAsync(new { url = "https://example.com/", alias = "one" });
        await RemoveAsync(terse, "one");
        var journal = Path.Combine(terse.Data, "erasures.log");
        await Eventually.TrueAsync(async () => (await ReadAsync(journal)).Contains("\n- ", StringComparison.Ordinal));
        await terse.CreateAsync(new { url = "https://example.com/again", alias = "one" });
        await WriteAsync(terse, AClick.Of("one", 1, terse.Time.GetUtcNow()));

        await EventuallyAsync(terse, TimeSpan.FromMinutes(5), async () => await ReadAsync(journal) == "");
        Assert.Equal(1, await TotalAsync(terse));
    }

    [Fact]
    public async Task A_removal_that_is_taken_back_has_erased_no_clicks()
    {
        await using var terse = await TerseInstance.StartAsync();
        var (link, handle) = await RemoveForNowAsync(terse);

        terse.Time.Advance(TimeSpan.FromMinutes(9));
        await terse.App.Services.GetRequiredService<RecentlyDeleted>().UndoAsync(handle, "someone", Cancellation);
        await EventuallyAsync(terse, TimeSpan.FromMinutes(5), async () => await ReadAsync(Path.Combine(terse.Data, "erasures.log")) == "");

        // Another link's removal is done with, long after the first would have been.
        await terse.CreateAsync(new { url = "https://example.com/", alias = "two" });
        await WriteAsync(terse, AClick.Of("two", 2, Before));
        await RemoveAsync(terse, "two");
        await EventuallyAsync(terse, TimeSpan.FromMinutes(5), async () => await ReadAsync(Path.Combine(terse.Data, "erasures.log")) == "");
        Assert.Equal(1, await TotalAsync(terse));
        Assert.NotNull(await terse.App.Services.GetRequiredService<ILinkStore>().FindAsync(link, Cancellation));
    }

    [Fact]
    public async Task A_removal_that_is_not_taken_back_erases_its_clicks_when_it_no_longer_can_be_even_after_a_restart()
    {
        var data = Directory.CreateTempSubdirectory("terse-erasure-").FullName;
        try
        {
            await using (var terse = await TerseInstance.StartAsync(data: data))
            {
                await RemoveForNowAsync(terse);
                Assert.Equal(1, await TotalAsync(terse));
            }

            await using var again = await TerseInstance.StartAsync(data: data);
            Assert.Equal(1, await TotalAsync(again));
            await EventuallyAsync(again, TimeSpan.FromMinutes(4), async () => await TotalAsync(again) == 0);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_link_that_takes_the_code_of_a_removed_one_does_not_inherit_its_clicks()
    {
        await using var terse = await TerseInstance.StartAsync();
        await RemoveForNowAsync(terse);
        await terse.CreateAsync(new { url = "https://example.com/another", alias = "one" });
        await Eventually.TrueAsync(async () => await TotalAsync(terse) == 0);
        await WriteAsync(terse, AClick.Of("one", 2, terse.Time.GetUtcNow()));
        await EventuallyAsync(terse, TimeSpan.FromMinutes(5), async () => await ReadAsync(Path.Combine(terse.Data, "erasures.log")) == "");
        Assert.Equal(1, await TotalAsync(terse));
    }

    [Fact]
    public async Task What_the_store_refused_is_erased_after_a_restart()
    {
        var data = Directory.CreateTempSubdirectory("terse-erasure-").FullName;
        try
        {
            await using (var terse = await TerseInstance.StartAsync(data: data, configure: static services => services.AddSingleton<IClickStore, ErasesNothing>()))
            {
                await terse.CreateAsync(new { url = "https://example.com/", alias = "one" });
                await WriteAsync(terse, AClick.Of("one", 1, Before), AClick.Of("two", 2, Before));
                await RemoveAsync(terse, "one");
                var store = (ErasesNothing)terse.App.Services.GetRequiredService<IClickStore>();
                await store.Asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
                await EventuallyAsync(terse, TimeSpan.FromSeconds(30), () => Task.FromResult(store.Erased.Count > 1));
            }

            await using var again = await TerseInstance.StartAsync(data: data);

            await Eventually.TrueAsync(async () => await TotalAsync(again) == 1);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public void A_line_cut_short_by_a_crash_is_left_out()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "+ 1769860800000 one\n+ 1769860800001 two\n- 1769860800000 one\n+ 17698");

            using (var journal = new ErasureJournal(path, TimeSpan.FromHours(1)))
            {
                journal.Add(ShortCode.Parse("three"), Before.AddDays(1), Before.AddDays(1));
                Assert.True(journal.TrySave(out _));
            }

            using var again = new ErasureJournal(path, TimeSpan.FromHours(1));
            Assert.Equal([("two", false), ("one", true), ("three", false)], TakeAll(again).Select(erasure => (erasure.Code.Value, erasure.Erased)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_journal_stays_small_though_something_is_always_left_to_be_done_and_a_restart_does_nothing_twice()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var journal = new ErasureJournal(path, TimeSpan.Zero))
            {
                journal.Add(ShortCode.Parse("open"), Before, Before.AddDays(1));
                for (var number = 0; number < 5_000; number++)
                {
                    journal.Add(ShortCode.Parse($"link{number}"), Before.AddSeconds(number), Before.AddSeconds(number));
                    while (journal.TryTake(Before.AddHours(2), out var erasure)) journal.Done(erasure);
                    if (number % 50 == 0) Assert.True(journal.TrySave(out _));
                }
                Assert.True(journal.TrySave(out _));
            }

            Assert.InRange(new FileInfo(path).Length, 1, 100_000);
            using var again = new ErasureJournal(path, TimeSpan.Zero);
            Assert.Equal("open", Assert.Single(TakeAll(again)).Code.Value);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_removal_that_the_journal_cannot_take_is_done_and_told_and_written_when_it_can()
    {
        var data = Directory.CreateTempSubdirectory("terse-erasure-").FullName;
        try
        {
            // A line that was cut short has the file written anew, beside it, where a directory is in the way.
            await File.WriteAllTextAsync(Path.Combine(data, "erasures.log"), "+ 17698", Cancellation);
            Directory.CreateDirectory(Path.Combine(data, "erasures.log.new"));
            await using (var terse = await TerseInstance.StartAsync(data: data))
            {
                await terse.CreateAsync(new { url = "https://example.com/", alias = "two" });
                using (var there = await terse.Anonymous.GetAsync("/two", Cancellation)) Assert.Equal(System.Net.HttpStatusCode.Found, there.StatusCode);
                await RemoveAsync(terse, "two");
                using (var gone = await terse.Anonymous.GetAsync("/two", Cancellation)) Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
                await RemoveForNowAsync(terse);
                Assert.Equal("+ 17698", await ReadAsync(Path.Combine(data, "erasures.log")));

                Directory.Delete(Path.Combine(data, "erasures.log.new"));
                await EventuallyAsync(terse, TimeSpan.FromSeconds(30), async () => (await ReadAsync(Path.Combine(data, "erasures.log"))).Contains(" one ", StringComparison.Ordinal));
            }

            await using var again = await TerseInstance.StartAsync(data: data);
            await EventuallyAsync(again, TimeSpan.FromMinutes(4), async () => await TotalAsync(again) == 0);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_link_made_anew_through_another_node_keeps_its_clicks_and_loses_those_of_the_removed_one()
    {
        await using var terse = await TerseInstance.StartAsync();
        await RemoveForNowAsync(terse);
        terse.Time.Advance(TimeSpan.FromMinutes(2));

        // Another node writes to the same store, and nobody tells this one.
        var now = terse.Time.GetUtcNow();
        await terse.App.Services.GetRequiredService<ILinkStore>().AddAsync(ALink.Of("one") with { CreatedAt = now, EndsAt = now.AddYears(1), Version = now.ToUnixTimeMilliseconds() }, Cancellation);
        await WriteAsync(terse, AClick.Of("one", 2, now), AClick.Of("one", 3, now.AddMinutes(3)));

        await EventuallyAsync(terse, TimeSpan.FromMinutes(4), async () => await TotalAsync(terse) == 2);
        await EventuallyAsync(terse, TimeSpan.FromMinutes(5), async () => await ReadAsync(Path.Combine(terse.Data, "erasures.log")) == "");
        Assert.Equal(2, await TotalAsync(terse));
    }

    [Fact]
    public async Task Neither_the_sweep_nor_erasing_ends_with_a_fault_that_nobody_foresaw()
    {
        var faults = new FaultsOnce();
        await using var terse = await TerseInstance.StartAsync(
            new() { ["Terse:Links:KeepEnded"] = "00:00:00" },
            configure: services => services.AddSingleton<ILinkChangeListener>(faults).AddSingleton<IClickStore, ErasesNothing>());
        var store = (ErasesNothing)terse.App.Services.GetRequiredService<IClickStore>();
        (store.Fault, store.Refusals) = (new InvalidOperationException("Nobody foresaw it."), 1);
        await terse.CreateAsync(new { url = "https://example.com/", alias = "one", ttl = "1h" });
        await WriteAsync(terse, AClick.Of("one", 1, Before));
        await EventuallyAsync(terse, TimeSpan.FromMinutes(5), () => Task.FromResult(faults.Faulted));

        await terse.CreateAsync(new { url = "https://example.com/", alias = "two", ttl = "1h" });
        await EventuallyAsync(terse, TimeSpan.FromMinutes(5), async () => await terse.App.Services.GetRequiredService<ILinkStore>().FindAsync(ShortCode.Parse("two"), Cancellation) is null);
        await EventuallyAsync(terse, TimeSpan.FromMinutes(5), async () => await TotalAsync(terse) == 0);
    }

    private static IEnumerable<Erasure> TakeAll(ErasureJournal journal)
    {
        while (journal.TryTake(DateTimeOffset.MaxValue, out var erasure)) yield return erasure;
    }

    /// <summary>Turns the clock on before each look: a timer may be made after the first turn.</summary>
    private static Task EventuallyAsync(TerseInstance terse, TimeSpan step, Func<Task<bool>> condition) => Eventually.TrueAsync(() =>
    {
        terse.Time.Advance(step);
        return condition();
    });

    private static ClickQuery All => new(null, Before.AddDays(-60), Before.AddDays(1).AddMinutes(1));

    private static async Task<IEnumerable<DateTimeOffset>> StartsAsync(TerseInstance terse) =>
        (await Store(terse).ReadSeriesAsync(All, ClickUnit.Minute, Cancellation)).Select(point => point.At);

    private static async Task<long> TotalAsync(TerseInstance terse) => (await Store(terse).ReadSeriesAsync(All, ClickUnit.Day, Cancellation)).Sum(point => point.Counts.Clicks);

    private static async Task WriteAsync(TerseInstance terse, params EnrichedClick[] clicks) => await Store(terse).WriteAsync("test", clicks, Cancellation);

    private static IClickStore Store(TerseInstance terse) => terse.App.Services.GetRequiredService<IClickStore>();

    private static async Task RemoveAsync(TerseInstance terse, string code)
    {
        using var response = await terse.Admin.DeleteAsync($"/api/v1/links/{code}", Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, response.StatusCode);
    }

    /// <summary>As the dashboard does it: with clicks, and an undo.</summary>
    private static async Task<(ShortCode Code, string Handle)> RemoveForNowAsync(TerseInstance terse)
    {
        await terse.CreateAsync(new { url = "https://example.com/", alias = "one" });
        await WriteAsync(terse, AClick.Of("one", 1, Before));
        var code = ShortCode.Parse("one");
        var edit = await terse.App.Services.GetRequiredService<LinkEditor>().RemoveAsync(code, default, new LinkCaller("someone", OwnOnly: false), Cancellation, RecentlyDeleted.ClicksKept);
        return (code, terse.App.Services.GetRequiredService<RecentlyDeleted>().Keep([edit.Link!]));
    }

    private static async Task<string> ReadAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync(Cancellation);
    }

    /// <summary>Throws the first time it hears of a removal, as no listener should.</summary>
    private sealed class FaultsOnce : ILinkChangeListener
    {
        public bool Faulted { get; private set; }

        public void OnChanged(LinkChange change)
        {
            if (Faulted || change.Kind != LinkChangeKind.Removed) return;
            Faulted = true;
            throw new InvalidOperationException("Nobody foresaw it.");
        }
    }

    /// <summary>The real store, out of reach when something is to be erased.</summary>
    private sealed class ErasesNothing(Terse.Adapters.DuckDb.DuckDbDatabase database, Microsoft.Extensions.Options.IOptions<Terse.Adapters.DuckDb.DuckDbOptions> options) : IClickStore
    {
        private readonly Terse.Adapters.DuckDb.DuckDbClickStore _store = new(database, options);

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<ShortCode> Erased { get; } = [];

        public Exception Fault { get; set; } = new StoreUnavailableException("The click store is away.", new InvalidOperationException());

        public int Refusals { get; set; } = int.MaxValue;

        public ValueTask EraseAsync(ShortCode code, DateTimeOffset before, CancellationToken cancellationToken)
        {
            Erased.Enqueue(code);
            Asked.TrySetResult();
            return Erased.Count <= Refusals ? throw Fault : _store.EraseAsync(code, before, cancellationToken);
        }

        public ValueTask<IReadOnlyList<EnrichedClick>> WriteAsync(string source, IReadOnlyList<EnrichedClick> clicks, CancellationToken cancellationToken) =>
            _store.WriteAsync(source, clicks, cancellationToken);

        public ValueTask<long?> ReadWatermarkAsync(string source, CancellationToken cancellationToken) => _store.ReadWatermarkAsync(source, cancellationToken);

        public ValueTask<byte[]> ReadSaltAsync(DateOnly day, CancellationToken cancellationToken) => _store.ReadSaltAsync(day, cancellationToken);

        public ValueTask<IReadOnlyList<ClickPoint>> ReadSeriesAsync(ClickQuery query, ClickUnit unit, CancellationToken cancellationToken) =>
            _store.ReadSeriesAsync(query, unit, cancellationToken);

        public ValueTask<IReadOnlyList<ClickGroup>> ReadTopAsync(ClickQuery query, ClickDimension dimension, int limit, CancellationToken cancellationToken) =>
            _store.ReadTopAsync(query, dimension, limit, cancellationToken);

        public ValueTask<IReadOnlyDictionary<ShortCode, ClickCounts>> ReadTotalsAsync(IReadOnlyCollection<ShortCode> codes, CancellationToken cancellationToken) =>
            _store.ReadTotalsAsync(codes, cancellationToken);

        public ValueTask RollUpAsync(DateTimeOffset now, ClickRetention retention, CancellationToken cancellationToken) => _store.RollUpAsync(now, retention, cancellationToken);
    }
}
