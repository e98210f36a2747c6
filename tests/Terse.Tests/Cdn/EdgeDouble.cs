using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Terse.Tests.Cdn;

/// <summary>Stands where a CDN's API or a cache stands, keeps what it is told, and answers as the test says.</summary>
internal sealed class EdgeDouble : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EdgeDouble(WebApplication app) => _app = app;

    /// <summary>Method, path, the headers that matter, body.</summary>
    public ConcurrentQueue<(string Method, string Path, string Tag, string Token, string Body)> Told { get; } = new();

    public int Status { get; set; } = 200;

    /// <summary>When set, no answer comes before it has ended.</summary>
    public Task Before { get; set; } = Task.CompletedTask;

    public string Url => _app.Urls.First();

    public static async Task<EdgeDouble> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var edge = new EdgeDouble(builder.Build());
        edge._app.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers;
            edge.Told.Enqueue((context.Request.Method, context.Request.Path.Value!, headers["Surrogate-Key"].ToString(), headers["Fastly-Key"] + headers.Authorization.ToString(), await body.ReadToEndAsync()));
            await edge.Before;
            context.Response.StatusCode = edge.Status;
        });
        await edge._app.StartAsync(TestContext.Current.CancellationToken);
        return edge;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
