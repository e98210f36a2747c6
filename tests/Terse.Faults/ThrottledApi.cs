using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Terse.Faults;

/// <summary>The DynamoDB API as it is when a table has used up its capacity, or answers slowly: what it takes it passes on to the service at a port.</summary>
internal sealed class ThrottledApi : IAsyncDisposable
{
    private const string Exceeded = """{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"The level of configured provisioned throughput for the table was exceeded."}""";
    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _service = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });
    private double _share;
    private TimeSpan _delay;

    public ThrottledApi(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHttpForwarder();
        _app = builder.Build();
        var forwarder = _app.Services.GetRequiredService<IHttpForwarder>();
        _app.Run(async context =>
        {
            if (Random.Shared.NextDouble() < _share)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                context.Response.ContentType = "application/x-amz-json-1.0";
                await context.Response.WriteAsync(Exceeded);
                return;
            }
            if (_delay > TimeSpan.Zero) await Task.Delay(_delay, TimeProvider.System);
            await forwarder.SendAsync(context, $"http://127.0.0.1:{port}", _service);
        });
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
}
