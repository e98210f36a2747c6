using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Terse.Adapters.Nats;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.Nats;

[NeedsServers]
public class NatsClickQueueTests : ClickQueueContract
{
    private protected virtual int Partitions => 1;

    private readonly string _directory = Directory.CreateTempSubdirectory("terse-log-").FullName;
    private readonly string _stream = Infrastructure.Servers.NewName()[..30];
    private NatsServer? _own;
    private NatsStreams? _streams;
    private NatsClickPublisher? _publisher;

    public override async ValueTask InitializeAsync()
    {
        var options = Options.Create(new RecordingOptions { Directory = _directory, LogMebibytes = 1, BatchSize = BatchSize, Linger = TimeSpan.Zero });
        Log = new ClickLog(options);
        Log.Open();
        _streams = new NatsStreams(Options.Create(new NatsOptions { Url = (_own ?? await NatsServer.SharedAsync()).Url, Stream = _stream, Lease = TimeSpan.FromSeconds(3), StreamMebibytes = 16, Partitions = Partitions }), TimeProvider.System);
        _publisher = new NatsClickPublisher(Log, _streams, options, TimeProvider.System, NullLogger<NatsClickPublisher>.Instance);
        await _publisher.StartAsync(Cancellation);
        Queue = new NatsClickQueue(_streams, NullLogger<NatsClickQueue>.Instance);
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await CloseAsync();
        if (_own is not null) await _own.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Clicks_wait_in_the_log_while_the_servers_are_away_and_come_when_they_are_back()
    {
        await MoveToOwnServerAsync();
        Append("a");
        Assert.Equal(["a"], await ReceiveAndAcknowledgeAsync(1));

        await _own!.KillAsync();
        Append("b", "c");
        await _own.RestartAsync();
        Append("d");

        var codes = new List<string>();
        while (codes.Count < 3) await NatsNode.WhenBackAsync(async () => codes.AddRange(await ReceiveAndAcknowledgeAsync(3 - codes.Count)));
        Assert.Equal(["b", "c", "d"], codes);
    }

    /// <summary>The servers write messages and acknowledgements to disk each at its own time, and contradict themselves after a kill.</summary>
    [Fact]
    public async Task After_kills_of_the_only_server_everything_is_delivered()
    {
        await MoveToOwnServerAsync();
        var missing = new HashSet<string>();
        var random = new Random(20261125);
        for (var kill = 0; kill < 6; kill++)
        {
            var codes = Enumerable.Range(0, random.Next(3, 90)).Select(click => $"kill{kill}click{click}").ToArray();
            Append(codes);
            missing.UnionWith(codes);
            while (Log.Read(Log.Acknowledged, 1).Count > 0) await Task.Yield();
            var left = random.Next(6);
            while (missing.Count > left) await TakeAsync();

            // The server writes acknowledgements down, and what they remove, each at its own time: some kills fall between.
            if (random.Next(2) == 0) await Task.Delay(TimeSpan.FromMilliseconds(random.Next(400)), TimeProvider.System, Cancellation);
            await _own!.KillAsync();
            await _own.RestartAsync();
        }

        while (missing.Count > 0) await TakeAsync();

        Task TakeAsync() => NatsNode.WhenBackAsync(async () => missing.ExceptWith(await ReceiveAndAcknowledgeAsync(1)));
    }

    [Fact]
    public async Task A_delivery_behind_which_another_waits_says_so()
    {
        Append("a");
        while ((await Queue.ReadDepthAsync(Cancellation)).Bytes == 0) await Task.Yield();
        var shipped = (await Queue.ReadDepthAsync(Cancellation)).Bytes;
        Append("b");
        while ((await Queue.ReadDepthAsync(Cancellation)).Bytes == shipped) await Task.Yield();

        var first = await ReceiveAsync();
        Assert.True(first.MoreWaits);
        await Queue.AcknowledgeAsync(first, Cancellation);
        Assert.False((await ReceiveAsync()).MoreWaits);
    }

    private async Task MoveToOwnServerAsync()
    {
        await CloseAsync();
        _own = await NatsServer.StartAsync();
        await InitializeAsync();
    }

    private protected override async ValueTask ReopenAsync()
    {
        await CloseAsync();
        await InitializeAsync();
    }

    private async Task CloseAsync()
    {
        await _publisher!.StopAsync(Cancellation);
        Log.Dispose();
        await _streams!.DisposeAsync();
    }
}

/// <summary>The same with several partitions: the log is in one of them, and replays are in any.</summary>
[NeedsServers]
public sealed class NatsClickQueueOfSeveralPartitionsTests : NatsClickQueueTests
{
    private protected override int Partitions => 5;
}
