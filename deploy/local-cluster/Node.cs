using Terse.Servers;

namespace Terse.Cluster;

/// <summary>One process of the program.</summary>
internal sealed class Node : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _process;
    private readonly string _folder;

    private Node(string name, string url, ChildProcess process, string folder) => (Name, Url, _process, _folder) = (name, url, process, folder);

    public string Name { get; }

    public string Url { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public static async Task<Node> StartAsync(string name, string verb, string url, IReadOnlyDictionary<string, string> settings)
    {
        var folder = Directory.CreateTempSubdirectory("terse-node-").FullName;
        var environment = new Dictionary<string, string>(settings) { ["Terse__Urls"] = url, ["Terse__Data"] = folder };
        var node = new Node(name, url, ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "terse.dll"), verb], environment), folder);
        try
        {
            await node.ReadyAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

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

    private async Task ReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromSeconds(5) };
        using var limit = new CancellationTokenSource(StartLimit);
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"{Name} ended at its start.\n{_process.Errors}\n{_process.Output}");
            if (limit.IsCancellationRequested) throw new InvalidOperationException($"{Name} is not ready within {StartLimit.TotalMinutes:0} minutes.\n{_process.Errors}\n{_process.Output}");
            try
            {
                using var answer = await client.GetAsync("/health/ready");
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
