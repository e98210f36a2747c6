using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Terse.Tests.Webhooks;

/// <summary>A receiver of webhooks on a free loopback port, that answers as the test says.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HookReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<ReceivedHook> Received { get; } = new();

    public int Status { get; set; } = 204;

    public string Url => _app.Urls.First() + "/hook";

    public static async Task<HookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new HookReceiver(builder.Build());
        receiver._app.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers;
            receiver.Received.Enqueue(new ReceivedHook(
                context.Request.Path.Value!, headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), await body.ReadToEndAsync()));
            context.Response.StatusCode = receiver.Status;
            if (receiver.Status == 302) context.Response.Headers.Location = "/elsewhere";
        });
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

internal sealed record ReceivedHook(string Path, string Id, string Timestamp, string Signature, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);
}
