using System.Diagnostics;
using Terse.Clicks;
using Terse.Clicks.Log;

namespace Terse.Tests.Contracts;

/// <summary>The clauses of <see cref="IClickQueue"/>, one test each. What goes in, goes in through a click log.</summary>
public abstract class ClickQueueContract : ContractSuite
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(2);

    private protected const int BatchSize = 3;

    private readonly Dictionary<int, Task<ClickDelivery>> _receiving = [];

    private protected IClickQueue Queue { get; set; } = null!;

    private protected ClickLog Log { get; set; } = null!;

    /// <summary>Ends the receiver and the log as a crash does, without a word to anyone, and opens both again on what is left.</summary>
    private protected abstract ValueTask ReopenAsync();

    [Fact]
    public async Task Every_record_is_delivered_in_order_in_deliveries_of_one_source_and_bounded_size()
    {
        for (var i = 0; i < 10; i++) Append($"link{i}");

        var codes = new List<string>();
        var last = 0L;
        while (codes.Count < 10)
        {
            var delivery = await ReceiveAsync();
            Assert.Equal((Log.Source, 1), (delivery.Source, delivery.Attempt));
            Assert.InRange(delivery.Clicks.Count, 1, BatchSize);
            foreach (var click in delivery.Clicks)
            {
                Assert.True(click.Position > last);
                last = click.Position;
                codes.Add(ARecord.CodeOf(click));
            }
            await Queue.AcknowledgeAsync(delivery, Cancellation);
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"link{i}"), codes);
    }

    [Fact]
    public async Task What_is_not_delivered_yet_is_delivered_after_a_restart()
    {
        Append("a", "b");

        await RestartAsync();
        Append("c");

        Assert.Equal(["a", "b", "c"], await ReceiveAndAcknowledgeAsync(3));
    }

    [Fact]
    public async Task It_waits_until_there_is_something()
    {
        var receiving = ReceiveAsync();
        Assert.False(receiving.IsCompleted);

        Append("a");

        Assert.Equal(["a"], (await receiving).Clicks.Select(ARecord.CodeOf));
    }

    [Fact]
    public async Task While_a_delivery_is_out_the_next_of_its_source_waits()
    {
        Append("a");
        var first = await ReceiveAsync();
        Append("b");

        var second = ReceiveAsync();
        await Task.WhenAny(second, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation));
        Assert.False(second.IsCompleted);
        await Queue.AcknowledgeAsync(first, Cancellation);

        Assert.Equal(["b"], (await second).Clicks.Select(ARecord.CodeOf));
    }

    [Fact]
    public async Task A_delivery_that_was_out_at_a_crash_comes_again()
    {
        Append("a", "b");
        var lost = await ReceiveAsync();

        await RestartAsync();
        var again = await ReceiveAsync();

        Assert.Equal(lost.Clicks[0].Position, again.Clicks[0].Position);
        Assert.Equal(lost.Source, again.Source);
        Assert.True(again.Attempt > 1);
    }

    [Fact]
    public async Task What_was_acknowledged_does_not_come_again()
    {
        Append("a", "b");
        Assert.Equal(["a", "b"], await ReceiveAndAcknowledgeAsync(2));
        await RestartAsync();

        Append("c");

        Assert.Equal(["c"], await ReceiveAndAcknowledgeAsync(1));
    }

    [Fact]
    public async Task What_was_given_back_comes_again_before_later_records_and_not_before_its_delay()
    {
        Append("a");
        var first = await ReceiveAsync();
        Append("b");

        var clock = Stopwatch.StartNew();
        await Queue.ReturnAsync(first, TimeSpan.FromMilliseconds(300), Cancellation);
        var second = await ReceiveAsync();

        Assert.InRange(clock.ElapsedMilliseconds, 290, 30_000);
        Assert.Equal("a", ARecord.CodeOf(second.Clicks[0]));
        Assert.Equal(2, second.Attempt);
        await Queue.ReturnAsync(second, TimeSpan.Zero, Cancellation);
        Assert.Equal(3, (await ReceiveAsync()).Attempt);
    }

    [Fact]
    public async Task The_same_record_set_aside_twice_is_one_dead_letter()
    {
        Append("a");
        var delivery = await ReceiveAsync();

        var letter = await SetAsideAsync(delivery, "first");
        await SetAsideAsync(delivery, "second");

        Assert.Equal("second", Assert.Single(await ListAsync()).Reason);
        Assert.Equal("second", (await Queue.FindDeadLetterAsync(letter.Id, Cancellation))!.Reason);
        Assert.Equal(1, (await Queue.ReadDepthAsync(Cancellation)).DeadLetters);
    }

    [Fact]
    public async Task Dead_letters_are_as_they_were_after_a_restart()
    {
        Append("a");
        var delivery = await ReceiveAsync();
        var letter = await SetAsideAsync(delivery, "it \"breaks\" things");
        await Queue.AcknowledgeAsync(delivery, Cancellation);

        await RestartAsync();

        var found = Assert.Single(await ListAsync());
        Assert.Equal((letter.Source, letter.Position, letter.Reason, letter.Attempts, letter.At), (found.Source, found.Position, found.Reason, found.Attempts, found.At));
        Assert.Equal(letter.Body, found.Body);
    }

    [Fact]
    public async Task Dead_letters_are_listed_by_id_from_any_on()
    {
        Append("a", "b", "c");
        var letters = new List<DeadLetter>();
        while (letters.Count < 3)
        {
            var delivery = await ReceiveAsync();
            foreach (var click in delivery.Clicks) letters.Add(await SetAsideAsync(delivery, "no", click));
            await Queue.AcknowledgeAsync(delivery, Cancellation);
        }
        var ids = letters.Select(letter => letter.Id).Order(StringComparer.Ordinal).ToArray();

        Assert.Equal(ids, (await ListAsync()).Select(letter => letter.Id));
        Assert.Equal(ids[..2], (await ListAsync(limit: 2)).Select(letter => letter.Id));
        Assert.Equal(ids[1..], (await ListAsync(after: ids[0])).Select(letter => letter.Id));
        Assert.Empty(await ListAsync(after: ids[2]));
    }

    [Fact]
    public async Task A_replayed_dead_letter_is_delivered_alone_under_a_source_of_its_own()
    {
        Append("a", "b");
        var letter = await SetAsideFirstAsync();

        Assert.True(await Queue.ReplayAsync(letter.Id, Cancellation));

        Assert.Empty(await ListAsync());
        var replay = await ReceiveFromAsync(letter.ReplaySource);
        Assert.Equal("a", ARecord.CodeOf(Assert.Single(replay.Clicks)));
        Assert.Equal(letter.Position, replay.Clicks[0].Position);
        await Queue.AcknowledgeAsync(replay, Cancellation);
        Append("c");

        // The first delivery is still out where replays go another way, and comes again before what is later.
        while (!(await ReceiveAndAcknowledgeAsync(1)).Contains("c"))
        {
        }
    }

    [Fact]
    public async Task A_replay_survives_a_restart()
    {
        Append("a");
        var letter = await SetAsideFirstAsync();
        await Queue.ReplayAsync(letter.Id, Cancellation);

        await RestartAsync();

        Assert.Equal("a", ARecord.CodeOf((await ReceiveFromAsync(letter.ReplaySource)).Clicks[0]));
    }

    [Fact]
    public async Task A_replay_that_fails_again_is_the_same_dead_letter()
    {
        Append("a");
        var letter = await SetAsideFirstAsync();
        await Queue.ReplayAsync(letter.Id, Cancellation);

        var replay = await ReceiveFromAsync(letter.ReplaySource);
        var again = await SetAsideAsync(replay, "still no");
        await Queue.AcknowledgeAsync(replay, Cancellation);

        Assert.Equal(letter.Id, again.Id);
        Assert.Equal("still no", Assert.Single(await ListAsync()).Reason);
        Assert.True(await Queue.ReplayAsync(letter.Id, Cancellation));
        Assert.Equal("a", ARecord.CodeOf((await ReceiveFromAsync(letter.ReplaySource)).Clicks[0]));
    }

    [Fact]
    public async Task A_discarded_dead_letter_is_gone()
    {
        Append("a");
        var letter = await SetAsideFirstAsync();

        Assert.True(await Queue.DiscardAsync(letter.Id, Cancellation));

        Assert.Empty(await ListAsync());
        Assert.Null(await Queue.FindDeadLetterAsync(letter.Id, Cancellation));
    }

    [Theory]
    [InlineData("00000000000000000000000000000000-0000000000000000064")]
    [InlineData("../../etc/passwd")]
    [InlineData("a.*.>")]
    [InlineData("")]
    public async Task What_is_not_there_is_neither_found_nor_replayed_nor_discarded(string id)
    {
        Assert.Null(await Queue.FindDeadLetterAsync(id, Cancellation));
        Assert.False(await Queue.ReplayAsync(id, Cancellation));
        Assert.False(await Queue.DiscardAsync(id, Cancellation));
    }

    private protected void Append(params string[] codes) => Assert.All(codes, code => Assert.True(Log.TryAppend(ARecord.Body(code))));

    /// <summary>The next delivery of any partition; what comes of others meanwhile is for the next call.</summary>
    private protected async Task<ClickDelivery> ReceiveAsync()
    {
        for (var partition = await Queue.CountPartitionsAsync(Cancellation) - 1; partition >= 0; partition--)
            if (!_receiving.ContainsKey(partition)) _receiving[partition] = Queue.ReceiveAsync(partition, Cancellation).AsTask();
        var first = await Task.WhenAny(_receiving.Values).WaitAsync(LongEnough, Cancellation);
        _receiving.Remove(_receiving.Single(one => one.Value == first).Key);
        return await first;
    }

    private protected async Task<string[]> ReceiveAndAcknowledgeAsync(int count)
    {
        var codes = new List<string>();
        while (codes.Count < count)
        {
            var delivery = await ReceiveAsync();
            codes.AddRange(delivery.Clicks.Select(ARecord.CodeOf));
            await Queue.AcknowledgeAsync(delivery, Cancellation);
        }
        return [.. codes];
    }

    private async Task RestartAsync()
    {
        _receiving.Clear();
        await ReopenAsync();
    }

    /// <summary>The next delivery of a source; those of others are acknowledged.</summary>
    private async Task<ClickDelivery> ReceiveFromAsync(string source)
    {
        while (true)
        {
            var delivery = await ReceiveAsync();
            if (delivery.Source == source) return delivery;
            await Queue.AcknowledgeAsync(delivery, Cancellation);
        }
    }

    private async Task<DeadLetter> SetAsideFirstAsync()
    {
        var delivery = await ReceiveAsync();
        var letter = await SetAsideAsync(delivery, "no");
        await Queue.AcknowledgeAsync(delivery, Cancellation);
        return letter;
    }

    private async Task<DeadLetter> SetAsideAsync(ClickDelivery delivery, string reason, QueuedClick? click = null)
    {
        var letter = DeadLetter.Of(delivery, click ?? delivery.Clicks[0], reason, Now);
        await Queue.SetAsideAsync(delivery, letter, Cancellation);
        return letter;
    }

    private async Task<IReadOnlyList<DeadLetter>> ListAsync(string? after = null, int limit = 10) => await Queue.ListDeadLettersAsync(after, limit, Cancellation);
}
