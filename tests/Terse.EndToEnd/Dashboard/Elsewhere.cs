using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Terse.EndToEnd.Dashboard;

/// <summary>A site that short links lead to, on loopback. Whoever gets there reads that they have arrived.</summary>
internal sealed class Elsewhere : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Elsewhere(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public static async Task<Elsewhere> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapFallback(() => Results.Content("""<!doctype html><html lang="en"><head><title>Elsewhere</title><link rel="icon" href="data:,"></head><body>You have arrived.</body></html>""", "text/html"));
        await app.StartAsync(cancellationToken);
        return new(app) { Address = new(app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
