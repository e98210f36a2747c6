using System.CommandLine;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Benchmarks;

/// <summary>The redirect slice alone over links in memory: what the hot path costs without a store, for tuning.</summary>
internal static class SliceServer
{
    public static Command Command()
    {
        var port = new Option<int>("--port") { Required = true };
        var links = new Option<int>("--links") { DefaultValueFactory = _ => 1_000_000 };
        var command = new Command("slice", "Serves the redirect slice over links in memory.") { port, links };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(port), parsed.GetValue(links), cancellationToken));
        return command;
    }

    private static async Task RunAsync(int port, int links, CancellationToken cancellationToken)
    {
        var builder = BenchKestrel.Create(port);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<ILinkStore>(new MemoryLinks(links)).AddSingleton<LinkChanges>().AddRedirects();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(static listen => listen.UseWireRedirects()));
        await using var app = builder.Build();
        app.UseRedirects();
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }
}
