using System.Globalization;

namespace Terse.Servers;

/// <summary>nats-server with JetStream, its streams on disk.</summary>
internal sealed class NatsServer(ServerProcess process) : IAsyncDisposable
{
    public string Url => $"nats://127.0.0.1:{process.Port}";

    public int Port => process.Port;

    public ServerProcess Process => process;

    /// <summary>One of the caller's own, to kill, pause and restart.</summary>
    public static async Task<NatsServer> StartAsync() => new(await ServerProcess.StartAsync(
        Programs.Find("nats-server"),
        (port, folder) => ["--addr", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--jetstream", "--store_dir", folder],
        "Server is ready"));

    public Task KillAsync() => process.KillAsync();

    public Task RestartAsync() => process.RestartAsync();

    public void Pause() => process.Send(Signal.Pause);

    public void Resume() => process.Send(Signal.Continue);

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
