using Terse.Clicks.Log;

namespace Terse.Clicks;

/// <summary>Opens the click log before the first request can come.</summary>
internal sealed class ClickLogLifetime(ClickLog log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        log.Open();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
