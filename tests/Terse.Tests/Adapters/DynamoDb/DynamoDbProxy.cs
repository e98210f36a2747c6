using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.DynamoDb;

/// <summary>Stands between a node and the engine, and does to chosen calls what networks and services do.</summary>
internal sealed class DynamoDbProxy : IAsyncDisposable
{
    private readonly HttpClient _client = new();
    private readonly string _engine;
    private WebApplication _app = null!;

    private DynamoDbProxy(string engine) => _engine = engine;

    public string Url => _app.Urls.First();

    /// <summary>What becomes of a call: its operation, such as <c>PutItem</c>, its body, and how many there were before it.</summary>
    public Func<string, string, int, Fate> Decide { get; set; } = static (_, _, _) => Fate.Passes;

    /// <summary>Completes when a call is held; <see cref="Release"/> lets it on.</summary>
    public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Calls { get; private set; }

    public static async Task<DynamoDbProxy> StartAsync(string engine)
    {
        var proxy = new DynamoDbProxy(engine);
        proxy._app = await LoopbackServer.StartAsync(proxy.AnswerAsync);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        Release.TrySetResult();
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var operation = context.Request.Headers["X-Amz-Target"].ToString().Split('.')[^1];
        var fate = Decide(operation, body, Calls++);
        if (fate == Fate.IsHeld)
        {
            Held.TrySetResult();
            await Release.Task;
        }

        switch (fate)
        {
            case Fate.IsThrottled:
                await WriteAsync(context, HttpStatusCode.BadRequest, """{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}""");
                return;
            case Fate.Fails:
                await WriteAsync(context, HttpStatusCode.InternalServerError, """{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"failed"}""");
                return;
            case Fate.FindsNothing:
                await WriteAsync(context, HttpStatusCode.OK, "{}");
                return;
            case Fate.IsLost:
                context.Abort();
                return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, _engine) { Content = new StringContent(body, Encoding.UTF8) };
        request.Content.Headers.Remove("Content-Type");
        foreach (var header in context.Request.Headers.Where(static header => header.Key is "X-Amz-Target" or "X-Amz-Date" or "Authorization" or "Content-Type"))
        {
            if (!request.Headers.TryAddWithoutValidation(header.Key, header.Value.ToString())) request.Content.Headers.TryAddWithoutValidation(header.Key, header.Value.ToString());
        }

        using var response = await _client.SendAsync(request);
        if (fate == Fate.LosesItsAnswer) context.Abort();
        else await WriteAsync(context, response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task WriteAsync(HttpContext context, HttpStatusCode status, string body)
    {
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = "application/x-amz-json-1.0";
        await context.Response.WriteAsync(body);
    }
}

internal enum Fate
{
    Passes,
    IsThrottled,
    Fails,

    /// <summary>It never arrives.</summary>
    IsLost,

    /// <summary>It is done, and its answer never arrives.</summary>
    LosesItsAnswer,

    /// <summary>It is answered as by a replica that lags.</summary>
    FindsNothing,

    /// <summary>It waits until the test lets it on.</summary>
    IsHeld,
}
