using System.Globalization;

namespace Terse.Tests.Infrastructure;

/// <summary>redis-server without persistence. Tests that share one keep apart by key prefix and channel name: <see cref="Servers.NewName"/>.</summary>
internal sealed class RedisServer(ServerProcess process) : IAsyncDisposable
{
    /// <summary>As StackExchange.Redis takes it.</summary>
    public string Endpoint => $"127.0.0.1:{process.Port}";

    public int Port => process.Port;

    /// <summary>The one that all tests of this assembly share: never flush it, never reconfigure it.</summary>
    public static async Task<RedisServer> SharedAsync() => await (await Servers.CurrentAsync()).Redis.Value;

    /// <summary>One of the caller's own, to kill, pause and restart; <paramref name="options"/> are more command-line options, such as "--maxmemory", "1mb".</summary>
    public static async Task<RedisServer> StartAsync(params string[] options) => new(await ServerProcess.StartAsync(
        Programs.Find("redis-server"),
        (port, folder) =>
        [
            "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--dir", folder, "--save", "", "--appendonly", "no",
            "--loglevel", "notice", .. options,
        ],
        "Ready to accept connections"));

    public Task KillAsync() => process.KillAsync();

    public Task RestartAsync() => process.RestartAsync();

    public void Pause() => process.Send(Signal.Pause);

    public void Resume() => process.Send(Signal.Continue);

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
