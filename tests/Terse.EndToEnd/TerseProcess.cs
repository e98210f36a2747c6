using System.Collections.Concurrent;
using System.Diagnostics;
using Terse.Servers;

namespace Terse.EndToEnd;

/// <summary>The program as its users run it: a process of its own, on a free loopback port, with a data directory of its own.</summary>
internal sealed class TerseProcess : IAsyncDisposable
{
    public const string AdminKey = "terse_AAAAAAAAAA_0123456789abcdefghijklmnopqrstuv";
    private const int Attempts = 5;
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private TerseProcess(string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "terse.dll");
        _process = new Process { StartInfo = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true } };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Url { get; private set; } = null!;

    public string Output => string.Join('\n', _output);

    public string Errors => string.Join('\n', _errors);

    public int ExitCode => _process.ExitCode;

    /// <summary>How long it took from the start of the process to its first answer.</summary>
    public TimeSpan StartUp { get; private set; }

    /// <summary>Serves <paramref name="data"/> and waits for the first answer.</summary>
    public static Task<TerseProcess> ServeAsync(string data, bool withKnownKey = true, params string[] more)
    {
        string[] key = withKnownKey ? ["--set", $"BootstrapKey={AdminKey}"] : [];
        return StartAsync(url => ["--data", data, "--urls", url, .. key, .. more]);
    }

    /// <summary>The same at a port that others know already.</summary>
    public static Task<TerseProcess> ServeAtAsync(int port, string data, params string[] more) =>
        StartAsync(url => ["--data", data, "--urls", url, "--set", $"BootstrapKey={AdminKey}", .. more], port);

    /// <summary>Stands in front of redirect nodes and waits for the first answer. What only a stalled machine would exceed is generous.</summary>
    public static Task<TerseProcess> GatewayAsync(params Uri[] nodes) => StartAsync(url =>
    [
        "gateway", "--urls", url, "--redirect-nodes", string.Join(',', nodes.Select(node => node.GetLeftPart(UriPartial.Authority))),
        "--set", "Gateway:SilenceTimeout=00:01:00", "--set", "Gateway:RedirectTimeout=00:01:00", "--set", "Gateway:ConnectTimeout=00:00:30", "--set", "ShutdownTimeout=00:02:00",
    ]);

    private static async Task<TerseProcess> StartAsync(Func<string, string[]> arguments, int? port = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var url = $"http://127.0.0.1:{port ?? ServerProcess.FreePort()}";
            var clock = Stopwatch.StartNew();
            var terse = new TerseProcess(arguments(url)) { Url = new Uri(url) };
            try
            {
                await terse.AnswersAsync(clock);
                terse.StartUp = clock.Elapsed;
                return terse;
            }
            catch (Exception e)
            {
                await terse.DisposeAsync();

                // A port that was free may have become a client's meanwhile: another is taken.
                if (port is not null || attempt == Attempts || !e.Message.Contains("address already in use", StringComparison.Ordinal)) throw;
            }
        }
    }

    private async Task AnswersAsync(Stopwatch clock)
    {
        using var client = Client();
        while (true)
        {
            Assert.False(_process.HasExited, $"terse ended with {Errors}{Output}");
            Assert.True(clock.Elapsed < StartLimit, $"No answer within {StartLimit}: {Errors}{Output}");
            try
            {
                using var answer = await client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>Waits until it has written this: a program that answers has not greeted yet.</summary>
    public async Task WritesAsync(string text)
    {
        for (var clock = Stopwatch.StartNew(); !Output.Contains(text, StringComparison.Ordinal);)
        {
            Assert.True(clock.Elapsed < StartLimit, $"\"{text}\" was not written within {StartLimit}: {Errors}{Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<TerseProcess> RunAsync(params string[] arguments)
    {
        var terse = new TerseProcess(arguments);
        await terse.ExitAsync();
        return terse;
    }

    public HttpClient Client(string? apiKey = AdminKey)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(30) };
        if (apiKey is not null) client.DefaultRequestHeaders.Add("X-Api-Key", apiKey);
        return client;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>SIGTERM, as systemd and Kubernetes send it.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task ExitAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null) lines.Enqueue(line);
    }
}
