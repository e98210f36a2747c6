using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Terse.EndToEnd;

/// <summary>A node of this process that is well, and holds what it is asked until it is told to answer.</summary>
internal sealed class HoldingNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HoldingNode(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    /// <summary>Ends when the first request is here.</summary>
    public Task Asked => _asked.Task;

    public static async Task<HoldingNode> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var node = new HoldingNode(app);
        app.MapGet("/health/ready", static () => Results.Ok());
        app.MapFallback(node.AnswerAsync);
        await app.StartAsync(cancellationToken);
        return node;
    }

    public void Answer() => _told.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Answer();
        await _app.DisposeAsync();
    }

    private async Task<IResult> AnswerAsync()
    {
        _asked.TrySetResult();
        await _told.Task;
        return Results.Text("held");
    }
}
