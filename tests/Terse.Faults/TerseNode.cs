using System.Net;
using System.Net.Sockets;
using Terse.Servers;

namespace Terse.Faults;

/// <summary>One process of Terse, with the command line that it is started with again after it was killed.</summary>
internal sealed class TerseNode : IFaulty
{
    public const string AdminKey = "terse_AAAAAAAAAA_0123456789abcdefghijklmnopqrstuv";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly string[] _arguments;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private ChildProcess? _process;

    private TerseNode(string name, int port, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        (Name, Port) = (name, port);
        _arguments = arguments;
        _environment = environment;
    }

    public string Name { get; }

    public int Port { get; }

    public int ProcessId => _process!.Id;

    public Uri Url => new($"http://127.0.0.1:{Port}");

    public string Output => _process is null ? "" : $"{_process.Errors}\n{_process.Output}";

    /// <summary>Starts <c>terse serve</c> (or the verb that <paramref name="arguments"/> begin with) on a free loopback port.</summary>
    public static async Task<TerseNode> StartAsync(string name, string[] arguments, IReadOnlyDictionary<string, string>? environment = null, int? port = null)
    {
        var chosen = port ?? FreePort();
        var node = new TerseNode(
            name, chosen, [.. arguments, "--urls", $"http://127.0.0.1:{chosen}"],
            environment ?? new Dictionary<string, string>());
        await node.RestartAsync();
        return node;
    }

    public Task KillAsync() => _process!.KillAsync();

    public async Task RestartAsync()
    {
        _process = ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "terse.dll"), .. _arguments], _environment);
        using var client = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(2) };
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"{Name} ended at its start.\n{Output}");
            if (TimeProvider.System.GetElapsedTime(started) > StartLimit) throw new InvalidOperationException($"{Name} was not ready within {StartLimit}.\n{Output}");
            try
            {
                using var answer = await client.GetAsync("/health/ready");
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
            }
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public void Pause() => _process!.Send(Signal.Pause);

    public void Resume() => _process!.Send(Signal.Continue);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
