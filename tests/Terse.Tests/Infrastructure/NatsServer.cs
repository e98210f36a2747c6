using System.Globalization;

namespace Terse.Tests.Infrastructure;

/// <summary>nats-server with JetStream, its streams on disk. Tests that share one keep apart by stream and subject names: <see cref="Servers.NewName"/>.</summary>
internal sealed class NatsServer(ServerProcess process) : IAsyncDisposable
{
    public string Url => $"nats://127.0.0.1:{process.Port}";

    public int Port => process.Port;

    /// <summary>The one that all tests of this assembly share.</summary>
    public static async Task<NatsServer> SharedAsync() => await (await Servers.CurrentAsync()).Nats.Value;

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
