using System.Globalization;

namespace Terse.Servers;

/// <summary>redis-server without persistence.</summary>
internal sealed class RedisServer(ServerProcess process) : IAsyncDisposable
{
    /// <summary>As StackExchange.Redis takes it.</summary>
    public string Endpoint => $"127.0.0.1:{process.Port}";

    public int Port => process.Port;

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
