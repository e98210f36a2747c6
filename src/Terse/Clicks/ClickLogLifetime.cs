using Microsoft.Extensions.Options;
using Terse.Clicks.Log;
using Terse.Hosting;

namespace Terse.Clicks;

/// <summary>Opens the click log before the first request can come.</summary>
internal sealed partial class ClickLogLifetime(
    ClickLog log, IOptions<TerseOptions> terse, IOptions<StoresOptions> stores, ILogger<ClickLogLifetime> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        log.Open();
        if (stores.Value.Queue == "Local" && !terse.Value.NodeRoles.Has(NodeRoles.Clicks)) LogNobodyCounts();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(430, LogLevel.Warning,
        "Nobody counts the clicks of this process: it lacks the role Clicks, and its click log is read by no other. Add the role, or share a queue with Terse:Stores:Queue=Nats.")]
    private partial void LogNobodyCounts();
}
