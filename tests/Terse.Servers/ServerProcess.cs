using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Terse.Servers;

/// <summary>A server from the distribution on a free loopback port, with a directory of its own that goes with it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int Attempts = 5;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly ConcurrentDictionary<int, bool> Drawn = new();
    private readonly string _program;
    private readonly Func<int, string, IEnumerable<string>> _arguments;
    private readonly string _readyLine;
    private ChildProcess _child = null!;

    private ServerProcess(string program, Func<int, string, IEnumerable<string>> arguments, string readyLine, string directory) =>
        (_program, _arguments, _readyLine, Folder) = (program, arguments, readyLine, directory);

    public int Port { get; private set; }

    public string Folder { get; }

    public int Id => _child.Id;

    public bool HasExited => _child.HasExited;

    /// <summary>
    /// Starts <paramref name="program"/> with the arguments for a port and a directory, and waits until it writes that it is ready: its own word,
    /// since a port that answers may be another program's. A port that was taken meanwhile is replaced by another.
    /// </summary>
    public static async Task<ServerProcess> StartAsync(string program, Func<int, string, IEnumerable<string>> arguments, string readyLine, string? directory = null)
    {
        var server = new ServerProcess(program, arguments, readyLine, directory ?? Directory.CreateTempSubdirectory("terse-server-").FullName);
        for (var attempt = 1; ; attempt++)
        {
            server.Port = FreePort();
            try
            {
                await server.RestartAsync();
                return server;
            }
            catch (InvalidOperationException e) when (attempt < Attempts && e.Message.Contains("in use", StringComparison.OrdinalIgnoreCase))
            {
                await server._child.DisposeAsync();
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Starts it again on the same port and directory, after <see cref="KillAsync"/>.</summary>
    public Task RestartAsync()
    {
        // In the C locale: the line that says "ready" is not translated.
        _child = ChildProcess.Start(_program, _arguments(Port, Folder), new Dictionary<string, string> { ["LC_ALL"] = "C" });
        return _child.LineAsync(_readyLine, StartLimit);
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _child.KillAsync();

    public void Send(Signal signal) => _child.Send(signal);

    /// <summary>SIGSTOP: it keeps its connections and answers nothing.</summary>
    public void Pause() => Send(Signal.Pause);

    public void Resume() => Send(Signal.Continue);

    public Task ExitAsync() => _child.ExitAsync();

    public async ValueTask DisposeAsync()
    {
        // There is no child when its program was not found.
        if (_child is not null) await _child.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A port that nobody listens at. Below those that clients get, and never the same twice: it stays free until its server has started.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 32_000);
            if (!Drawn.TryAdd(port, true)) continue;
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another program's.
            }
        }
    }
}
