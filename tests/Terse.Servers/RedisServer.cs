using System.Diagnostics;
using System.Globalization;

namespace Terse.Servers;

/// <summary>redis-server without persistence.</summary>
internal sealed class RedisServer(ServerProcess process) : IAsyncDisposable
{
    /// <summary>As StackExchange.Redis takes it.</summary>
    public string Endpoint => $"127.0.0.1:{process.Port}";

    public int Port => process.Port;

    public ServerProcess Process => process;

    /// <summary>One of the caller's own, to kill, pause and restart; <paramref name="options"/> are more command-line options, such as "--maxmemory", "1mb".</summary>
    public static Task<RedisServer> StartAsync(params string[] options) => StartAsync(_ => options);

    /// <param name="options">More command-line options, by the port.</param>
    public static async Task<RedisServer> StartAsync(Func<int, string[]> options) => new(await ServerProcess.StartAsync(
        Programs.Find("redis-server"),
        (port, folder) =>
        [
            "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--dir", folder, "--save", "", "--appendonly", "no",
            "--loglevel", "notice", .. options(port),
        ],
        "Ready to accept connections"));

    public bool HasExited => process.HasExited;

    /// <summary>Runs one command with redis-cli and returns what it prints.</summary>
    public Task<string> CliAsync(params string[] command) => CliAsync(Port, command);

    public static Task<string> CliAsync(int port, params string[] command) =>
        ChildProcess.RunAsync(Programs.Find("redis-cli"), ["-p", port.ToString(CultureInfo.InvariantCulture), .. command]);

    /// <summary>Repeats a command until what it prints is as wanted.</summary>
    public Task UntilAsync(Predicate<string> isWanted, params string[] command) => UntilAsync(Port, isWanted, command);

    public static async Task UntilAsync(int port, Predicate<string> isWanted, params string[] command)
    {
        for (var deadline = Stopwatch.StartNew(); ;)
        {
            var printed = await CliAsync(port, command);
            if (isWanted(printed)) return;
            if (deadline.Elapsed > TimeSpan.FromSeconds(60)) throw new InvalidOperationException($"Redis still says to {string.Join(' ', command)}:\n{printed}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public Task KillAsync() => process.KillAsync();

    public Task RestartAsync() => process.RestartAsync();

    public void Pause() => process.Send(Signal.Pause);

    public void Resume() => process.Send(Signal.Continue);

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
