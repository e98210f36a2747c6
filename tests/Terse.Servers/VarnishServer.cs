using System.Globalization;

namespace Terse.Servers;

/// <summary>varnishd in front of a server of this machine, with a VCL whose backend is 127.0.0.1:5080.</summary>
internal sealed class VarnishServer(ServerProcess process, string logFormat) : IAsyncDisposable
{
    private const string Backend = "\"5080\"";

    private ChildProcess? _log;

    public Uri Url => new($"http://127.0.0.1:{process.Port}");

    /// <summary>What varnishncsa writes of each request that is answered from now on.</summary>
    public string LogFile => Path.Combine(process.Folder, "varnishncsa.log");

    /// <param name="vcl">The path of the VCL.</param>
    /// <param name="backendPort">In place of 5080. Nobody needs to listen there yet.</param>
    /// <param name="logFormat">The path of a format file of varnishncsa.</param>
    public static async Task<VarnishServer> StartAsync(string vcl, int backendPort, string logFormat)
    {
        var text = await File.ReadAllTextAsync(vcl);
        if (!text.Contains(Backend, StringComparison.Ordinal)) throw new InvalidOperationException($"{vcl} has no backend at {Backend}.");
        var process = await ServerProcess.StartAsync(
            Programs.Find("varnishd"),
            (port, folder) =>
            {
                var file = Path.Combine(folder, "terse.vcl");
                File.WriteAllText(file, text.Replace(Backend, string.Create(CultureInfo.InvariantCulture, $"\"{backendPort}\""), StringComparison.Ordinal));
                return
                [
                    "-F", "-a", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "-f", file, "-n", Path.Combine(folder, "n"), "-s", "malloc,16m", "-j", "none",
                    "-p", "thread_pools=1", "-p", "thread_pool_min=10",
                ];
            },
            "said Child starts");
        return new VarnishServer(process, logFormat);
    }

    /// <summary>Begins <see cref="LogFile"/>.</summary>
    public void Log() => _log = ChildProcess.Start(Programs.Find("varnishncsa"), ["-n", Path.Combine(process.Folder, "n"), "-j", "-f", logFormat, "-w", LogFile, "-a"]);

    public async ValueTask DisposeAsync()
    {
        if (_log is not null) await _log.DisposeAsync();

        // Asked to, it ends its child before itself.
        process.Send(Signal.Terminate);
        await process.ExitAsync();
        await process.DisposeAsync();
    }
}
