using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Webhooks;

/// <summary>A receiver of webhooks on a free loopback port, that answers as the test says.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private WebApplication _app = null!;

    public ConcurrentQueue<ReceivedHook> Received { get; } = new();

    public int Status { get; set; } = 204;

    public string Url => _app.Urls.First() + "/hook";

    public static async Task<HookReceiver> StartAsync()
    {
        var receiver = new HookReceiver();
        receiver._app = await LoopbackServer.StartAsync(receiver.AnswerAsync);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers;
        Received.Enqueue(new ReceivedHook(
            context.Request.Path.Value!, headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), await body.ReadToEndAsync()));
        context.Response.StatusCode = Status;
        if (Status == 302) context.Response.Headers.Location = "/elsewhere";
    }
}

internal sealed record ReceivedHook(string Path, string Id, string Timestamp, string Signature, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);
}
