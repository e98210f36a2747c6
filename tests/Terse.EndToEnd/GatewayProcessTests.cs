using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Terse.EndToEnd;

public sealed class GatewayProcessTests : WithDataDirectory
{
    private const int Links = 200;
    private const int Enough = 500;
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_redirect_node_killed_under_load_fails_no_request_for_a_cached_link()
    {
        var codes = await SeedAsync();
        await using var first = await ServeCopyAsync("first");
        await using var second = await ServeCopyAsync("second");
        await using var third = await ServeCopyAsync("third");
        await using var gateway = await TerseProcess.GatewayAsync(first.Url, second.Url, third.Url);
        using var client = gateway.Client(apiKey: null);
        foreach (var code in codes) Assert.Null(await FollowAsync(client, code));

        var (answered, last, failures) = (0, int.MaxValue, new System.Collections.Concurrent.ConcurrentQueue<string>());
        var load = Enumerable.Range(0, 16).Select(visitor => Task.Run(
            async () =>
            {
                for (var i = visitor; failures.IsEmpty && Volatile.Read(ref answered) < Volatile.Read(ref last); i++)
                {
                    if (await FollowAsync(client, codes[i % codes.Length]) is { } failure) failures.Enqueue(failure);
                    else Interlocked.Increment(ref answered);
                }
            },
            Cancellation)).ToArray();
        while (failures.IsEmpty && Volatile.Read(ref answered) < Enough) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancellation);
        await second.KillAsync();
        var afterKill = Volatile.Read(ref answered);
        Volatile.Write(ref last, afterKill + Enough);
        await Task.WhenAll(load);

        Assert.Empty(failures);
        TestContext.Current.TestOutputHelper?.WriteLine($"{answered} redirects, none failed; {answered - afterKill} of them after the kill.");
    }

    [Fact]
    public async Task A_gateway_told_to_stop_lets_requests_finish_and_ends_with_0()
    {
        await using var node = await HoldingNode.StartAsync(Cancellation);
        await using var gateway = await TerseProcess.GatewayAsync(node.Url);
        using var client = gateway.Client();
        client.Timeout = StopLimit;
        var inFlight = client.GetStringAsync("/code", Cancellation);
        await node.Asked.WaitAsync(StopLimit, Cancellation);
        gateway.Terminate();
        await RefusesAsync(gateway.Url);
        Assert.False(inFlight.IsCompleted);
        node.Answer();
        Assert.Equal("held", await inFlight);
        await gateway.ExitAsync();
        Assert.Equal(0, gateway.ExitCode);
    }

    [Fact]
    public async Task A_drain_takes_as_long_as_it_was_told()
    {
        await using var terse = await TerseProcess.ServeAsync(Data, withKnownKey: true, "--set", "DrainDelay=00:00:03");
        var clock = Stopwatch.StartNew();
        terse.Terminate();
        await terse.ExitAsync();
        Assert.Equal(0, terse.ExitCode);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(30));
    }

    private static async Task<string?> FollowAsync(HttpClient client, string code)
    {
        try
        {
            using var answer = await client.GetAsync($"/{code}", Cancellation);
            return answer.StatusCode == HttpStatusCode.Found ? null : $"{(int)answer.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return e.Message;
        }
    }

    /// <summary>Waits until nobody is let in any more: it is stopping.</summary>
    private static async Task RefusesAsync(Uri url)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var connection = new TcpClient();
                await connection.ConnectAsync(url.Host, url.Port, Cancellation);
            }
            catch (SocketException)
            {
                return;
            }

            Assert.True(clock.Elapsed < StopLimit, "It still takes connections.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        }
    }

    /// <summary>Links in a directory that each node then has a copy of.</summary>
    private async Task<string[]> SeedAsync()
    {
        await using var terse = await TerseProcess.ServeAsync(Path.Combine(Data, "seed"));
        using var client = terse.Client();
        var codes = new List<string>();
        for (var i = 0; i < Links; i++)
        {
            using var made = await client.PostAsJsonAsync("/api/v1/links", new { url = $"https://example.com/{i}" }, Cancellation);
            codes.Add((await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("code").GetString()!);
        }

        terse.Terminate();
        await terse.ExitAsync();
        return [.. codes];
    }

    private async Task<TerseProcess> ServeCopyAsync(string name)
    {
        var copy = Directory.CreateDirectory(Path.Combine(Data, name)).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Data, "seed"))) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return await TerseProcess.ServeAsync(copy, withKnownKey: false, "--roles", "Redirect");
    }
}
