using Terse.Servers;

namespace Terse.Cluster;

/// <summary>One process of the program.</summary>
internal sealed class Node : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly string _verb;
    private readonly Dictionary<string, string> _environment;
    private readonly string _folder;
    private ChildProcess _process = null!;

    private Node(string name, string verb, string url, Dictionary<string, string> environment, string folder) =>
        (Name, _verb, Url, _environment, _folder) = (name, verb, url, environment, folder);

    public string Name { get; }

    public string Url { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts it and waits until it says that it is ready. Its data goes with it, unless the settings name a directory.</summary>
    public static async Task<Node> StartAsync(string name, string verb, string url, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken = default)
    {
        var folder = Directory.CreateTempSubdirectory("terse-node-").FullName;
        var environment = new Dictionary<string, string>(settings) { ["Terse__Urls"] = url };
        environment.TryAdd("Terse__Data", folder);
        var node = new Node(name, verb, url, environment, folder);
        try
        {
            await node.RunAsync(cancellationToken);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Starts it again at the same address with what it had on disk, and waits until it is ready.</summary>
    public Task RestartAsync() => RunAsync(CancellationToken.None);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        _process = ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "terse.dll"), _verb], _environment);
        await ReadyAsync(cancellationToken);
    }

    /// <summary>SIGSTOP: it keeps its connections and answers nothing.</summary>
    public void Pause() => _process.Send(Signal.Pause);

    public void Resume() => _process.Send(Signal.Continue);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Terminate();
        try
        {
            await _process.ExitAsync(StopLimit);
        }
        catch (TimeoutException)
        {
            Console.WriteLine($"{Name} did not stop within {StopLimit.TotalSeconds:0} s, and is ended.");
        }

        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromSeconds(5) };
        using var limit = new CancellationTokenSource(StartLimit);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_process.HasExited) throw new InvalidOperationException($"{Name} ended at its start.\n{_process.Errors}\n{_process.Output}");
            if (limit.IsCancellationRequested) throw new InvalidOperationException($"{Name} is not ready within {StartLimit.TotalMinutes:0} minutes.\n{_process.Errors}\n{_process.Output}");
            try
            {
                using var answer = await client.GetAsync("/health/ready", cancellationToken);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }
    }
}
