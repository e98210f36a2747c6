using System.Diagnostics;
using Terse.Hosting;

namespace Terse.Planning;

/// <summary>This very program as a redirect node of its own on a free loopback port, so that its processor time can be told from the load generator's.</summary>
internal sealed class CalibrationServer : IAsyncDisposable
{
    private const string UrlLine = "API reference";

    private readonly Process _process;

    private CalibrationServer(Process process, Uri url) => (_process, Url) = (process, url);

    public Uri Url { get; }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <exception cref="CommandException">It did not start within the time.</exception>
    public static async Task<CalibrationServer> StartAsync(string data, TimeSpan within, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true };
        var self = typeof(CalibrationServer).Assembly.Location;
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "terse" || self.Length == 0)
        {
            start.FileName = Environment.ProcessPath!;
        }
        else
        {
            start.FileName = "dotnet";
            start.ArgumentList.Add(self);
        }
        foreach (var argument in (string[])["serve", "--data", data, "--roles", "Redirect", "--urls", "http://127.0.0.1:0", "--set", "LogFormat=Text"]) start.ArgumentList.Add(argument);
        start.Environment["Logging__LogLevel__Default"] = "Warning";

        var process = Process.Start(start)!;
        var ready = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = new List<string>();
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new(process, await ready.Task.WaitAsync(within, time, cancellationToken));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw new CommandException($"The server to calibrate did not start: {string.Join(" ", lines)}");
        }

        void Hear(string? line)
        {
            if (line is null) return;
            lock (lines) lines.Add(line);
            if (line.Contains(UrlLine, StringComparison.Ordinal)) ready.TrySetResult(new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim()));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
