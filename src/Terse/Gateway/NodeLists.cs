using Microsoft.Extensions.Primitives;
using Terse.Hosting;
using Yarp.ReverseProxy.Configuration;

namespace Terse.Gateway;

/// <summary>Follows the lists of nodes in the configuration, so that a fleet grows and shrinks without a restart of its gateways.</summary>
internal sealed partial class NodeLists(IConfiguration configuration, InMemoryConfigProvider provider, ILogger<NodeLists> log) : IHostedService, IDisposable
{
    private IDisposable? _following;
    private string _known = "";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _known = Describe(Read());
        _following = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _following?.Dispose();

    private void Reload()
    {
        // Not through IOptionsMonitor: a wrong value would throw on the thread of the file watcher, and end the process.
        var options = Read();
        var validation = CheckedOptions.Check(options);
        if (validation.Failed)
        {
            Log.Refused(log, string.Join(' ', validation.Failures));
            return;
        }

        // A file that is written raises more than one event.
        var now = Describe(options);
        if (Interlocked.Exchange(ref _known, now) == now) return;
        provider.Update(GatewayMap.Routes, GatewayMap.Clusters(options));
        Log.Changed(log, now);
    }

    private GatewayOptions Read() => configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new GatewayOptions();

    private static string Describe(GatewayOptions options) => $"redirects {options.RedirectNodes}; API {options.ApiNodes}; admin {options.AdminNodes}";

    private static partial class Log
    {
        [LoggerMessage(6001, LogLevel.Information, "The nodes are now: {Nodes}")]
        public static partial void Changed(ILogger logger, string nodes);

        [LoggerMessage(6002, LogLevel.Error, "The changed configuration is not legal, the old one stays: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);
    }
}
