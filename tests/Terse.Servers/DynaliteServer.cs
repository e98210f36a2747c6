using System.Globalization;

namespace Terse.Servers;

/// <summary>
/// dynalite, which speaks the DynamoDB API from memory, as root of its own tables. It has no TransactWriteItems, UpdateTimeToLive or
/// ReturnValuesOnConditionCheckFailure.
/// </summary>
internal sealed class DynaliteServer(ServerProcess process) : IAsyncDisposable
{
    /// <summary>The ServiceURL for a client; any credentials and region will do.</summary>
    public string Url => $"http://127.0.0.1:{process.Port}";

    public ServerProcess Process => process;

    /// <summary>One of the caller's own, to kill and restart (empty).</summary>
    public static async Task<DynaliteServer> StartAsync() => new(await ServerProcess.StartAsync(
        Programs.Find("node"),
        (port, _) =>
        [
            Programs.FindInNpm("dynalite", "cli.js"), "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture),
            "--createTableMs", "0", "--deleteTableMs", "0", "--updateTableMs", "0",
        ],
        "istening at"));

    public Task KillAsync() => process.KillAsync();

    public Task RestartAsync() => process.RestartAsync();

    public void Pause() => process.Send(Signal.Pause);

    public void Resume() => process.Send(Signal.Continue);

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
