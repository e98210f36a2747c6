using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Terse.Servers;

/// <summary>
/// A real process: its output is kept line by line and can be waited for, signals go to its process id, and it never outlives this one
/// (not even when this one is killed: a watcher ends it when the pipe to us closes).
/// </summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private readonly List<(Predicate<string> Matches, TaskCompletionSource<string> Found)> _waiters = [];
    private readonly Process _process;
    private readonly Process _watcher;
    private readonly Task _ended;

    private ChildProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        Id = _process.Id;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _watcher = Process.Start(new ProcessStartInfo("sh", ["-c", "read -r _; kill -9 \"$1\"", "sh", Id.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        _ended = WaitForEndAsync();
    }

    public int Id { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Known once <see cref="ExitAsync"/> has returned; a process ended by signal N has 128 + N.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The lines that the process has written to its standard output so far.</summary>
    public string Output => Text(_output);

    /// <summary>The lines that the process has written to its standard error so far.</summary>
    public string Errors => Text(_errors);

    public static ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new ChildProcess(start);
    }

    /// <summary>Runs a program to its end; anything but exit code 0 is a failure that shows what it wrote.</summary>
    /// <returns>Its standard output.</returns>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        await using var child = Start(program, arguments);
        await child.ExitAsync(TimeSpan.FromMinutes(3));
        return child.ExitCode == 0 ? child.Output : throw new InvalidOperationException($"{program} ended with {child.ExitCode}.\n{child.Errors}\n{child.Output}");
    }

    /// <summary>The first line, already written or yet to come, of either stream that contains <paramref name="text"/>.</summary>
    /// <exception cref="InvalidOperationException">The process ended before, or the time is up; the message has all it wrote.</exception>
    public Task<string> LineAsync(string text, TimeSpan limit) => LineAsync(line => line.Contains(text, StringComparison.Ordinal), $"\"{text}\"", limit);

    public async Task<string> LineAsync(Predicate<string> matches, string what, TimeSpan limit)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_output.Concat(_errors).FirstOrDefault(line => matches(line)) is { } line) return line;
            _waiters.Add((matches, found));
        }

        using var stop = new CancellationTokenSource();
        var first = await Task.WhenAny(found.Task, _ended, Task.Delay(limit, TimeProvider.System, stop.Token));
        await stop.CancelAsync();
        if (found.Task.IsCompleted) return await found.Task;
        var reason = first == _ended ? $"ended with {ExitCode}" : $"did not within {limit.TotalSeconds:0} s";
        throw new InvalidOperationException($"{_process.StartInfo.FileName} was to write {what}, but {reason}.\n{Errors}\n{Output}");
    }

    /// <summary>kill -9, and wait until it is gone.</summary>
    public async Task KillAsync()
    {
        if (!HasExited) Send(Signal.Kill);
        await _ended;
    }

    /// <summary>SIGTERM, as systemd and Kubernetes send it.</summary>
    public void Terminate() => Send(Signal.Terminate);

    public void Send(Signal signal)
    {
        if (Kill(Id, (int)signal) != 0) throw new InvalidOperationException($"{signal} to process {Id} failed: error {Marshal.GetLastPInvokeError()}.");
    }

    /// <summary>Waits until the process has ended and all that it wrote has been read.</summary>
    public Task ExitAsync(TimeSpan? limit = null) => _ended.WaitAsync(limit ?? TimeSpan.FromMinutes(1));

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task WaitForEndAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        if (!_watcher.HasExited) _watcher.Kill();
        await _watcher.WaitForExitAsync(CancellationToken.None);
        _watcher.Dispose();
    }

    private void Keep(List<string> lines, string? line)
    {
        if (line is null) return;
        lock (_lock)
        {
            lines.Add(line);
            foreach (var (_, found) in _waiters.Where(waiter => waiter.Matches(line))) found.TrySetResult(line);
            _waiters.RemoveAll(waiter => waiter.Found.Task.IsCompleted);
        }
    }

    private string Text(List<string> lines)
    {
        lock (_lock) return string.Join('\n', lines);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}

/// <summary>Signals with the same number on Linux and macOS are here under their purpose; the two that differ are Linux's.</summary>
internal enum Signal
{
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Pause = 19,
}
