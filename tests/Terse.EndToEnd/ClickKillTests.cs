using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Terse.Servers;

namespace Terse.EndToEnd;

/// <summary>Clicks that clients received are clicks counted, whatever is killed. <c>TERSE_TEST_KILLS=50</c> kills as often as that.</summary>
public sealed class ClickKillTests : WithDataDirectory
{
    private const string Code = "abc";
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("TERSE_TEST_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out var kills) ? kills : 6;

    [Fact]
    public async Task Every_click_received_is_counted_once_however_often_one_process_is_killed()
    {
        var (load, random) = (new ClickLoad(Code), new Random(20260401));
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var terse = await TerseProcess.ServeAsync(Data);
            if (kill == 0) await CreateAsync(terse);
            var killed = new TaskCompletionSource();
            var round = load.RunAsync(terse, killed.Task);

            // The moment is drawn by progress, not by time.
            await load.ReceiveAsync(random.Next(50, 1500), round);
            await terse.KillAsync();
            killed.SetResult();
            await round;
        }

        await using var survivor = await TerseProcess.ServeAsync(Data);
        await load.AssertCountedAsync(survivor, survivor);
    }

    /// <summary>Each start of the node and of the worker draws a number of partitions, so they seldom agree.</summary>
    [Fact]
    public async Task Every_click_received_is_counted_once_when_node_broker_and_worker_are_killed_in_turn()
    {
        await using var nats = await NatsServer.StartAsync();
        string[] queue = ["--set", "Stores:Queue=Nats", "--set", $"Nats:Url={nats.Url}", "--set", "Nats:Lease=00:00:02"];
        string[] nodeRoles = ["--set", "Roles=Redirect,Api", .. queue], workerRoles = ["--set", "Roles=Clicks,Api", .. queue];
        var (nodeData, workerData) = (Path.Combine(Data, "node"), Path.Combine(Data, "worker"));
        var (load, random) = (new ClickLoad(Code), new Random(20260402));
        Task<TerseProcess> ServeAsync(string data, string[] roles) => TerseProcess.ServeAsync(data, true, [.. roles, "--set", string.Create(CultureInfo.InvariantCulture, $"Nats:Partitions={random.Next(1, 9)}")]);
        var node = await ServeAsync(nodeData, nodeRoles);
        var worker = await ServeAsync(workerData, workerRoles);
        try
        {
            await CreateAsync(node);
            for (var kill = 0; kill < Kills; kill++)
            {
                var over = new TaskCompletionSource();
                var round = load.RunAsync(node, over.Task);
                await load.ReceiveAsync(random.Next(50, 1000), round);
                switch (kill % 3)
                {
                    case 0:
                        await node.KillAsync();
                        await node.DisposeAsync();
                        node = await ServeAsync(nodeData, nodeRoles);
                        break;
                    case 1:
                        await nats.KillAsync();
                        await load.ReceiveAsync(random.Next(50, 1000), round);
                        await nats.RestartAsync();
                        break;
                    default:
                        await worker.KillAsync();
                        await worker.DisposeAsync();
                        worker = await ServeAsync(workerData, workerRoles);
                        break;
                }
                over.SetResult();
                await round;
            }
            await load.AssertCountedAsync(node, worker);
        }
        finally
        {
            await node.DisposeAsync();
            await worker.DisposeAsync();
        }
    }

    private static async Task CreateAsync(TerseProcess terse)
    {
        using var client = terse.Client();
        using var answer = await client.PostAsJsonAsync("/api/v1/links", new { url = "https://example.com/", alias = Code });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }
}
