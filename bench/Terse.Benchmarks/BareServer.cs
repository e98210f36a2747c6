using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Terse.Benchmarks;

/// <summary>The yardstick: a Kestrel middleware that answers every request with one constant redirect of the same headers.</summary>
internal static class BareServer
{
    public static Command Command()
    {
        var port = new Option<int>("--port") { Required = true };
        var command = new Command("bare", "Serves a constant 302 from a bare Kestrel middleware.") { port };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(port), cancellationToken));
        return command;
    }

    private static async Task RunAsync(int port, CancellationToken cancellationToken)
    {
        await using var app = BenchKestrel.Create(port).Build();
        var destination = BenchLinks.Destination(123_456);
        app.Run(context =>
        {
            var response = context.Response;
            response.StatusCode = StatusCodes.Status302Found;
            response.Headers.Location = destination;
            response.Headers.CacheControl = "no-store";
            response.Headers["X-Robots-Tag"] = "noindex";
            response.ContentLength = 0;
            return Task.CompletedTask;
        });
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }
}
