using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Cdn;

/// <summary>Stands where a CDN's API or a cache stands, keeps what it is told, and answers as the test says.</summary>
internal sealed class EdgeDouble : IAsyncDisposable
{
    private WebApplication _app = null!;

    /// <summary>Method, path, the headers that matter, body.</summary>
    public ConcurrentQueue<(string Method, string Path, string Tag, string Token, string Body)> Told { get; } = new();

    public int Status { get; set; } = 200;

    /// <summary>When set, no answer comes before it has ended.</summary>
    public Task Before { get; set; } = Task.CompletedTask;

    public string Url => _app.Urls.First();

    public static async Task<EdgeDouble> StartAsync()
    {
        var edge = new EdgeDouble();
        edge._app = await LoopbackServer.StartAsync(edge.AnswerAsync);
        return edge;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers;
        Told.Enqueue((context.Request.Method, context.Request.Path.Value!, headers["Surrogate-Key"].ToString(), headers["Fastly-Key"] + headers.Authorization.ToString(), await body.ReadToEndAsync()));
        await Before;
        context.Response.StatusCode = Status;
    }
}
