using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Terse.Faults;

/// <summary>The DynamoDB API as it is when a table has used up its capacity, or answers slowly: what it takes it passes on to the service at a port.</summary>
internal sealed class ThrottledApi : IAsyncDisposable
{
    private const string Exceeded = """{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"The level of configured provisioned throughput for the table was exceeded."}""";
    private readonly WebApplication _app;
    private readonly HttpClient _service;
    private double _share;
    private TimeSpan _delay;

    public ThrottledApi(int port)
    {
        _service = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(context => Random.Shared.NextDouble() < _share ? ThrottleAsync(context.Response) : PassAsync(context));
        ((IHost)_app).Start();
        Port = new Uri(_app.Urls.First()).Port;
    }

    public int Port { get; }

    /// <summary>Answers this share of all calls with ProvisionedThroughputExceededException, and does nothing for them.</summary>
    public void Throttle(double share) => _share = share;

    /// <summary>Holds every call for so long before it is done.</summary>
    public void Slow(TimeSpan delay) => _delay = delay;

    public void Mend() => (_share, _delay) = (0, TimeSpan.Zero);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _service.Dispose();
    }

    private static Task ThrottleAsync(HttpResponse answer)
    {
        answer.StatusCode = StatusCodes.Status400BadRequest;
        answer.ContentType = "application/x-amz-json-1.0";
        return answer.WriteAsync(Exceeded);
    }

    /// <summary>The whole of it, to the end, whether or not the caller waits that long: dynalite does not survive a request that breaks off.</summary>
    private async Task PassAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (_delay > TimeSpan.Zero) await Task.Delay(_delay, TimeProvider.System);
        using var call = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body.ToArray()) };
        foreach (var (name, values) in context.Request.Headers)
        {
            if (name is "Host" or "Content-Length" or "Connection") continue;
            if (!call.Headers.TryAddWithoutValidation(name, values.AsEnumerable())) call.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        using var answer = await _service.SendAsync(call);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (answer.Headers.TryGetValues("x-amz-crc32", out var sums)) context.Response.Headers["x-amz-crc32"] = sums.ToArray();
        await context.Response.Body.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
    }
}
