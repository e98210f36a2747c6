using Terse.Cluster;
using Terse.Servers;

namespace Terse.Faults;

/// <summary>A process that can be broken and mended: one of ours, or a server beside us. Who started it ends it.</summary>
/// <param name="Name">As the report calls it.</param>
/// <param name="KillAsync">kill -9.</param>
/// <param name="RestartAsync">Starts it again at the same port, with what it had on disk.</param>
/// <param name="Pause">SIGSTOP: it keeps its connections and answers nothing.</param>
/// <param name="Resume">Ends the pause.</param>
internal sealed record Faulty(string Name, Func<Task> KillAsync, Func<Task> RestartAsync, Action Pause, Action Resume)
{
    public static Faulty Of(Node node) => new(node.Name, node.KillAsync, node.RestartAsync, node.Pause, node.Resume);

    public static Faulty Of(string name, ServerProcess server) => new(name, server.KillAsync, server.RestartAsync, server.Pause, server.Resume);
}
