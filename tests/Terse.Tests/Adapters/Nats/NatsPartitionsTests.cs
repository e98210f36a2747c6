using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Terse.Adapters.Nats;
using Terse.Clicks;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.Nats;

/// <summary>Several nodes and workers on one stream, also while they do not agree on the number of partitions.</summary>
[NeedsServers]
public sealed class NatsPartitionsTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);

    private readonly string _stream = Infrastructure.Servers.NewName()[..30];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_source_has_the_same_partition_in_every_process_and_release()
    {
        Assert.Equal(0, ClickSubjects.PartitionOf("0123456789abcdef0123456789abcdef", 1));
        Assert.Equal(1, ClickSubjects.PartitionOf("0123456789abcdef0123456789abcdef", 8));
        Assert.Equal(22, ClickSubjects.PartitionOf("dl-0123456789abcdef0123456789abcdef-0000000000000000064", 64));
    }

    [Fact]
    public void Sources_are_spread_over_all_partitions()
    {
        var random = new Random(20260403);
        var sizes = Enumerable.Range(0, 8_000).CountBy(_ => ClickSubjects.PartitionOf($"{random.NextInt64():x16}{random.NextInt64():x16}", 8)).ToDictionary();

        Assert.Equal(8, sizes.Count);
        Assert.All(sizes.Values, size => Assert.InRange(size, 800, 1_200));
    }

    [Fact]
    public async Task Two_workers_work_on_two_partitions_at_once()
    {
        await using var one = await NatsNode.StartAsync(_stream, 2);
        await using var other = await NodeInPartitionAsync(1 - one.PartitionOf(2), 2);
        one.Append("a");
        other.Append("b");
        await using var streams = await NatsNode.ConnectAsync(_stream, 2);
        var (first, second) = (one.Queue, new NatsClickQueue(streams, NullLogger<NatsClickQueue>.Instance));

        var a = await ReceiveAsync(first, one.PartitionOf(2));
        var b = await ReceiveAsync(second, other.PartitionOf(2));

        Assert.Equal((one.Log.Source, other.Log.Source), (a.Source, b.Source));
        await second.AcknowledgeAsync(b, Cancellation);
        await first.AcknowledgeAsync(a, Cancellation);
    }

    [Fact]
    public async Task A_worker_counts_the_partitions_that_only_others_are_set_to()
    {
        await using var streams = await NatsNode.ConnectAsync(_stream, 1);
        var worker = new NatsClickQueue(streams, NullLogger<NatsClickQueue>.Instance);
        Assert.Equal(1, await worker.CountPartitionsAsync(Cancellation));
        await using var node = await NodeInPartitionAsync(3, 5);
        node.Append("a");

        // The consumers are made before the first message is confirmed.
        await UntilAsync(() => node.Log.Acknowledged > 0);

        Assert.Equal(5, await worker.CountPartitionsAsync(Cancellation));
        Assert.Equal("a", ARecord.CodeOf((await ReceiveAsync(worker, 3)).Clicks[0]));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(5, 1)]
    public async Task A_node_that_gets_another_partition_ships_nothing_until_its_old_one_is_counted(int before, int after)
    {
        await using var streams = await NatsNode.ConnectAsync(_stream, 5);
        var worker = new NatsClickQueue(streams, NullLogger<NatsClickQueue>.Instance);
        await using var node = await NodeInPartitionAsync(3, 5);
        await node.CloseAsync();
        await node.OpenAsync(before);
        node.Append("old");
        var old = await ReceiveAsync(worker, node.PartitionOf(before));
        await node.CloseAsync();
        await node.OpenAsync(after);
        var shipped = node.Log.Acknowledged;
        node.Append("new");
        var next = ReceiveAsync(worker, node.PartitionOf(after));

        await node.Waits.WaitAsync(LongEnough, Cancellation);
        Assert.Equal(shipped, node.Log.Acknowledged);
        Assert.False(next.IsCompleted);
        await worker.AcknowledgeAsync(old, Cancellation);

        Assert.Equal("new", ARecord.CodeOf((await next).Clicks[^1]));
    }

    [Fact]
    public async Task What_a_killed_server_brings_back_that_was_counted_holds_up_no_node_that_gets_another_partition()
    {
        await using var server = await NatsServer.StartAsync();
        await using var streams = await NatsNode.ConnectAsync(_stream, 5, server);
        var worker = new NatsClickQueue(streams, NullLogger<NatsClickQueue>.Instance);
        await using var node = await NodeInPartitionAsync(3, 5, server);
        await node.CloseAsync();
        await node.OpenAsync(1);
        for (var click = 0; click < 30; click++) node.Append("old");
        await UntilAsync(() => node.Log.Read(node.Log.Acknowledged, 1).Count == 0);
        var counted = await CountAsync(15);

        // The server writes acknowledgements down before it writes down what they removed.
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
        await server.KillAsync();
        await server.RestartAsync();
        await CountAsync(30 - counted);
        await node.CloseAsync();
        Assert.NotEqual(0, (await worker.ReadDepthAsync(Cancellation)).Bytes);

        await node.OpenAsync(5);
        node.Append("new");
        Assert.Equal("new", ARecord.CodeOf((await ReceiveAsync(worker, 3)).Clicks[0]));

        async Task<int> CountAsync(int atLeast)
        {
            var clicks = 0;
            while (clicks < atLeast)
            {
                await NatsNode.WhenBackAsync(async () =>
                {
                    var delivery = await ReceiveAsync(worker, 0);
                    await worker.AcknowledgeAsync(delivery, Cancellation);
                    clicks += delivery.Clicks.Count;
                });
            }
            return clicks;
        }
    }

    [Fact]
    public async Task What_the_servers_took_and_the_log_did_not_note_is_shipped_again_and_taken_for_confirmed()
    {
        await using var node = await NatsNode.StartAsync(_stream, 1);
        var noted = node.Log.Acknowledged;
        node.Append("a");
        await UntilAsync(() => node.Log.Acknowledged > noted);
        await node.CloseAsync(noted);

        await node.OpenAsync(1);

        // Within the two minutes in which the servers know a message again.
        await UntilAsync(() => node.Log.Acknowledged > noted);
        await node.Queue.AcknowledgeAsync(await ReceiveAsync(node.Queue, 0), Cancellation);
        Assert.Equal(0, (await node.Queue.ReadDepthAsync(Cancellation)).Bytes);
    }

    [Fact]
    public async Task Changing_the_number_while_clicks_wait_loses_none_and_counts_none_twice()
    {
        await using var counting = new NatsCounting(_stream);
        var nodes = new List<NatsNode>();
        while (nodes.Count < 4) nodes.Add(await NatsNode.StartAsync(_stream, 1));
        var codes = new List<string>();
        foreach (var partitions in (int[])[1, 5, 2, 8, 3])
        {
            foreach (var (number, node) in nodes.Index())
            {
                await node.CloseAsync();
                await node.OpenAsync(partitions);
                for (var click = 0; click < 10; click++)
                {
                    codes.Add(string.Create(CultureInfo.InvariantCulture, $"p{partitions}n{number}c{click}"));
                    node.Append(codes[^1]);
                }
            }
            if (partitions != 1) continue;

            // What was shipped by the first number waits in the stream when the second comes.
            foreach (var node in nodes) await UntilAsync(() => node.Log.Read(node.Log.Acknowledged, 1).Count == 0);
            await counting.StartWorkerAsync(2);
            await counting.StartWorkerAsync(8);
        }

        var started = Stopwatch.GetTimestamp();
        while (await counting.CountAsync(codes) is var counts && counts.Values.Sum() < codes.Count)
            Assert.True(Stopwatch.GetElapsedTime(started) < LongEnough, $"{counts.Values.Sum()} of {codes.Count} clicks were counted, without {string.Join(' ', counts.Where(one => one.Value == 0).Select(one => one.Key))}.");
        Assert.All((await counting.CountAsync(codes)).Values, count => Assert.Equal(1, count));
        foreach (var node in nodes) await node.DisposeAsync();
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        var started = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < LongEnough, "It takes too long.");
            await Task.Yield();
        }
    }

    private static Task<ClickDelivery> ReceiveAsync(NatsClickQueue worker, int partition) => worker.ReceiveAsync(partition, Cancellation).AsTask().WaitAsync(LongEnough, Cancellation);

    /// <summary>A log's name is drawn: draws until it has this partition.</summary>
    private async Task<NatsNode> NodeInPartitionAsync(int partition, int partitions, NatsServer? server = null)
    {
        while (true)
        {
            var node = await NatsNode.StartAsync(_stream, partitions, server);
            if (node.PartitionOf(partitions) == partition) return node;
            await node.DisposeAsync();
        }
    }
}
